"""What people are shown commands no terminal, and names that are no UTF-8 can be read."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, read_json
from duzhan.visible import readable, visible, visible_json

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

ESC, CSI, OSC, RLO = "\x1b", "\x9b", "\x1b]0;x\x07", "\u202e"
EVIL = f"泔水桶{OSC}{ESC}[2K{ESC}[1A{CSI}8m{RLO}正常\u2066无事\x7f\x08"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What a zip of Windows leaves on Linux: 富宁县 in GBK.
GBK = os.fsdecode("富宁县.csv".encode("gbk"))


def evil_list(folder: Path) -> None:
    (folder / "issues").mkdir(exist_ok=True)
    (folder / "issues" / "富宁县.csv").write_text(
        "编号,问题描述,地点,责任单位,发现日期,整改期限\n"
        f"F-1,{EVIL},集市{EVIL},住建局{EVIL},2021-05-02,2021-05-20\n"
        f"F-2{RLO},平常的问题,车站,住建局,2021-05-02,2021-05-20\n",
        "utf-8",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("overdue",),
        ("issues",),
        ("status", "--county", "富宁"),
        ("check",),
        ("overdue", "--json"),
        ("weekly-report", "--county", "富宁", "--format", "txt"),
        ("weekly-report", "--format", "html"),
        ("weekly-report", "--format", "json"),
        ("visit", "--county", "富宁"),
        ("letter", "督办函", "--county", "富宁"),
    ],
    ids=" ".join,
)
def test_a_cell_commands_no_terminal(run: Run, dataset: Path, arguments: tuple[str, ...]) -> None:
    evil_list(dataset)

    result = run("--data", dataset, *arguments, env={"DUZHAN_TODAY": "2021-06-25"})

    assert result.returncode in (0, 1), result.stderr
    assert "泔水桶" in result.stdout or "check" in arguments or "weekly-report" in arguments
    assert not OBEYED.search(result.stdout.replace("\t", ""))
    assert not OBEYED.search(result.stderr)


def test_what_json_escapes_is_the_same_document(run: Run, dataset: Path) -> None:
    evil_list(dataset)

    result = run("--data", dataset, "overdue", "--as-of", "2021-06-25", "--json")

    (first, second) = read_json(result.stdout)["issues"]
    assert EVIL in (first["description"], second["description"])


def test_rehearsed_mails_command_no_mail_program(run: Run, dataset: Path, tmp_path: Path) -> None:
    from email import message_from_bytes, policy

    evil_list(dataset)
    told = ("--as-of", "2021-06-25", "--email", "--dry-run", "--eml-dir", str(tmp_path / "eml"))
    result = run("--data", dataset, "overdue", *told)

    assert result.returncode == 3, result.stderr  # Nobody has an address yet.
    parts = [
        part.get_content()
        for path in (tmp_path / "eml").glob("*.eml")
        for part in message_from_bytes(path.read_bytes(), policy=policy.default).walk()
        if part.get_content_maintype() == "text"
    ]
    assert any("泔水桶" in text for text in parts)
    assert not any(OBEYED.search(text.replace("\r\n", "\n").replace("\t", "")) for text in parts)


def test_commands_print_by_one_door() -> None:
    """A new command that prints in another way would print cells raw."""
    folder = REPOSITORY / "src" / "duzhan"
    doors = {"cli/speech.py", "cli/output.py", "report/pages/terminal.py"}
    printing = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if re.search(r"click\.s?echo\(|(?<![\w.])print\(|\.std(out|err)\.write\(", path.read_text())
    }
    assert printing <= doors


def test_signs_stand_for_what_cannot_be_seen() -> None:
    assert visible(f"a{ESC}b{CSI}c{RLO}d\x7f\r\n\t\n") == "a␛b⟨U+009B⟩c⟨U+202E⟩d␡\n\t\n"
    assert visible("平常的文字，ABC") == "平常的文字，ABC"
    assert json.loads(visible_json(json.dumps(EVIL, ensure_ascii=False))) == EVIL


def test_names_in_gbk_are_read_and_others_are_not_guessed() -> None:
    assert readable(GBK) == "富宁县.csv"
    assert readable(os.fsdecode(b"\xff\xfe.csv")) == "\ufffd\ufffd.csv"
    assert visible(GBK) == "富宁县.csv"


def test_a_list_with_a_gbk_name_is_imported_and_stays_as_it_is(
    run: Run, dataset: Path, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode("各县".encode("gbk"))
    folder.mkdir()
    (folder / GBK).write_text("编号,问题描述,发现日期\n1,积水,2021-05-02\n2,积水,下周\n", "utf-8")

    result = run("--data", dataset, "import", folder / GBK, "--json")

    assert result.returncode == 1, result.stderr
    (told,) = read_json(result.stdout)["files"]
    assert (told["file"], told["county"], told["added"]) == ("富宁县.csv", "富宁县", 2)
    assert [path.name for path in folder.iterdir()] == [GBK]
    told = (dataset / "journal.jsonl").read_text("utf-8").splitlines()
    lines = list(map(json.loads, told))
    assert {line["source"]["file"] for line in lines if "source" in line} == {"富宁县.csv"}
    assert run("--data", dataset, "history", "1").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [("check",), ("status", "--json"), ("weekly-report",), ("weekly-report", "--format", "json")],
    ids=" ".join,
)
def test_a_dataset_with_gbk_names_works(
    run: Run, dataset: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (dataset / "issues").mkdir(exist_ok=True)
    (dataset / "issues" / GBK).write_text("问题描述,发现日期\n积水,2021-05-02\n", "utf-8")
    (dataset / "issues" / os.fsdecode(b"\xff\xfe.csv")).write_text("问题描述\nx\n", "utf-8")
    home = tmp_path / os.fsdecode("督战".encode("gbk"))
    dataset.rename(home)

    result = run("--data", home, *arguments, env={"DUZHAN_TODAY": "2021-06-25"})

    assert result.returncode in (0, 1), result.stderr
    assert "�" in result.stdout + result.stderr
    assert "富宁县" in result.stdout
    if arguments == ("status", "--json"):
        counties = read_json(result.stdout)["counties"]
        assert next(c for c in counties if c["county"] == "富宁县")["issues"]["total"] == 1


def test_a_word_of_the_command_line_in_gbk_is_read(run: Run, dataset: Path) -> None:
    evil_list(dataset)
    gbk = os.fsdecode("富宁".encode("gbk"))
    reason = os.fsdecode("笔误".encode("gbk"))
    broken = os.fsdecode(b"\xff\xff")

    change = ("--data", dataset, "amend", "F-1", "责任人", "张三", "--county", gbk)

    refused = run(*change, "--by", broken, "--reason", reason)
    done = run(*change, "--by", "张三", "--reason", reason)

    # What fits no encoding is refused; nothing else stands in its place.
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert done.returncode == 0, done.stderr
    last = json.loads((dataset / "journal.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["reason"], last["by"]) == ("笔误", "张三")


def test_lone_surrogates_are_kept_by_journal_and_outbox(dataset: Path) -> None:
    from duzhan.deliver.outbox import Outbox
    from duzhan.store.entries import Change, Entry, Line, Stamp, decode

    entry = Entry("changed", "富宁县", "1", 0, (Change("备注", "", "\udcd6"),), by="\ud800")
    line = Line(Stamp("t", "2021-06-25T00:00:00+08:00", "amend"), 1, "x.csv", entry)
    raw = line.encode()
    assert decode(raw) == line
    assert raw.decode("utf-8")

    with Outbox(dataset, "Asia/Shanghai") as box:
        box.run("overdue", "ok", "\udcd6")
    (told,) = (dataset / "outbox.jsonl").read_text("utf-8").splitlines()
    assert json.loads(told)["note"] == "\udcd6"

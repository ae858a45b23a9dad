"""`extend`, `withdraw`, `record recheck`, and `amend` of a deadline: on record, or refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conftest import read_json
from duzhan.report.pages import status
from small import FUNING, Calls, assert_replays, snapshot

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "编号,问题描述,地点,发现日期,整改期限,整改完成日期,销号日期,退回日期,核验人"
ROWS = (
    "1,甲,一街,2021-05-20,2021-06-10,,,,",
    "2,乙,二街,2021-05-20,2021-06-10,2021-06-05,2021-06-06,,丁四",
    "3,丙,三街,2021-05-20,,,,,",
)
EXTEND = ("extend", "1", "--to", "2021-07-31", "--by", "李处长", "--on", "2021-06-20")
WHY = ("--reason", "雨季停工")


@pytest.fixture
def call(
    dataset: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Calls:
    monkeypatch.setenv("DUZHAN_TODAY", "2021-06-25")
    path = dataset.parent / "富宁县.csv"
    path.write_text("\n".join((HEADER, *ROWS)), "utf-8")
    calls = Calls(dataset, capsys)
    calls.done("import", str(path))
    return calls


def untouched(folder: Path) -> dict[str, bytes]:
    """The files that the first import did not make."""
    made = (FUNING, "imports.csv", "journal.jsonl")
    return {name: data for name, data in snapshot(folder).items() if name not in made}


def counts(call: Calls, day: str = "2021-06-25") -> dict[str, int]:
    said = call("status", "--county", "富宁", "--as-of", day, "--json")
    found: dict[str, int] = read_json(said.out)["counties"][0]["issues"]
    return found


def test_an_extension_holds_from_its_approval_on_and_the_past_stays(call: Calls) -> None:
    first = untouched(call.folder)
    said = call.done(*EXTEND, *WHY, "--document", "文爱卫〔2021〕9号")

    assert said.out == "富宁县 1：期限 2021-06-10 → 2021-07-31（李处长 2021-06-20 批准）\n"
    assert (counts(call, "2021-06-19")["overdue"], counts(call)["overdue"]) == (1, 0)
    assert counts(call)["extended"] == 1
    assert_replays(call.folder, first)
    assert "经批准延期的：富宁县1件" in call.done("forecast").out
    page = call.folder.parent / "看板.html"
    call.done("dashboard", "-o", str(page))
    assert "期限经批准延过的1件" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("1", "--to", "2021-07-31", "--on", "2021-05-10"), "早于发现日期"),
        (("1", "--to", "2021-06-09", "--on", "2021-06-20"), "不比它晚"),
        (("1", "--to", "2022-01-31", "--on", "2021-06-20"), "晚于行动截止日"),
        (("1", "--to", "7月底前", "--on", "2021-06-20"), "不是日期"),
        (("1", "--to", "2021-07-31", "--on", "2021-06-26"), "还没有到"),
        (("9", "--to", "2021-07-31", "--on", "2021-06-20"), "没有编号为“9”的问题"),
        (("2", "--to", "2021-07-31", "--on", "2021-06-06"), "已经销号，此后没有退回，不用延期"),
    ],
)
def test_an_extension_that_would_not_count_is_refused(
    options: tuple[str, ...], why: str, call: Calls
) -> None:
    before = snapshot(call.folder)
    said = call("extend", *options, "--by", "李处长", *WHY)

    assert said.code in {1, 2}
    assert why in said.err
    assert snapshot(call.folder) == before


def test_an_extension_by_nobody_or_twice_the_same_is_refused(call: Calls) -> None:
    nobody = call("extend", "1", "--to", "2021-07-31", "--by", " ", "--on", "2021-06-20", *WHY)
    call.done(*EXTEND, *WHY)
    twice = call(*EXTEND, *WHY)

    assert (nobody.code, twice.code) == (2, 1)
    assert "--by 不能是空的" in nobody.err
    assert "不算延期" in twice.err


def test_an_extension_approved_before_the_closing_is_entered_late(call: Calls) -> None:
    options = ("--to", "2021-07-31", "--by", "李处长", *WHY)
    call.done("extend", "2", "--on", "2021-06-05", *options)
    call.done("reopen", "2", "--on", "2021-06-24", "--reason", "复发")
    assert "到批准日期" not in call("extend", "2", "--on", "2021-06-10", *options).err


def test_a_deadline_moves_later_only_by_extension_or_as_a_correction(call: Calls) -> None:
    amend = ("amend", "1", "整改期限", "2021-06-20", "--by", "张", "--reason", "笔误")
    refused = call(*amend)
    call.done(*amend, "--correction")

    assert refused.code == 1
    assert "duzhan extend" in refused.err
    assert ",2021-06-20," in (call.folder / FUNING).read_text("utf-8-sig")


def test_a_withdrawn_issue_counts_no_more_until_it_is_taken_back(call: Calls) -> None:
    first = untouched(call.folder)
    call.done("withdraw", "3", "--by", "丁四", "--reason", "标题行误入")
    again = call("withdraw", "3", "--by", "丁四", "--reason", "标题行误入")
    gone = counts(call)
    back = call.done("withdraw", "3", "--undo", "--by", "丁四", "--reason", "看错了")

    assert "已撤销 → 未整改" in back.out
    assert (gone["total"], gone["withdrawn"]) == (2, 1)
    assert again.code == 1
    assert "已经撤销" in again.err
    assert (counts(call)["total"], counts(call)["withdrawn"]) == (3, 0)
    assert_replays(call.folder, first)


def test_what_is_the_same_issue_gives_it_its_dates(call: Calls) -> None:
    said = call.done("withdraw", "2", "--same-as", "1", "--by", "丁四", "--reason", "重复")

    assert "富宁县 1：整改完成日期 空 → 2021-06-05，销号日期 空 → 2021-06-06" in said.out
    assert said.out.endswith("（截至2021-06-25：未整改 → 已销号）\n")
    text = (call.folder / FUNING).read_text("utf-8-sig")
    assert "1,甲,一街,,,,,2021-05-20,2021-06-10,2021-06-05,2021-06-06,,丁四," in text
    assert (counts(call)["total"], counts(call)["closed"]) == (2, 1)


def test_dates_that_cannot_stand_beside_those_of_the_same_issue_are_refused(call: Calls) -> None:
    why = ("--by", "丁四", "--reason", "重复")
    call.done("amend", "1", "发现日期", "2021-06-08", *why)
    before = snapshot(call.folder)
    said = call("withdraw", "2", "--same-as", "1", *why)

    assert (said.code, said.err.count("\n")) == (1, 1)
    assert said.err.startswith("富宁县 1：“整改完成日期”")
    assert "早于发现日期" in said.err
    assert "不能并存，请先用 duzhan amend 改正" in said.err
    assert snapshot(call.folder) == before


def test_a_file_left_aside_is_told_once_on_a_terminal(
    call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = call.folder.parent / "通知.pdf"
    paper.write_bytes(b"%PDF-1.4")
    piped = call("import", str(paper))
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    shown = call("import", str(paper))

    assert [said.err.count("通知.pdf：") for said in (piped, shown)] == [1, 0]
    assert [said.out.count("通知.pdf：") for said in (piped, shown)] == [1, 1]


def test_red_lights_that_are_not_explained_are_counted(
    call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "_EXPLAINED", 1)
    shown = call.done("status").out
    assert "丘北县、广南县：" in shown
    assert "\n另有1个县（市）亮红灯，原因各用 --county 看。\n" in shown


def test_a_recheck_found_untrue_opens_the_issue_again(call: Calls) -> None:
    recheck = ("record", "recheck", "--county", "富宁", "--on", "2021-06-20", "--by", "丁四")
    call.done(*recheck, "--id", "2", "--result", "不属实")
    never = call(*recheck, "--id", "3", "--result", "属实")
    odd = call(*recheck, "--id", "2", "--result", "差不多")

    assert (counts(call, "2021-06-19")["closed"], counts(call)["closed"]) == (1, 0)
    call.done("close", "2", "--on", "2021-06-22", "--by", "赵六")
    assert counts(call)["closed"] == 1
    assert "丁四；赵六" in (call.folder / FUNING).read_text("utf-8-sig")
    assert "没有可复核的" in never.err
    assert "属实、不属实" in odd.err


def test_history_knows_an_issue_by_the_number_it_came_with(call: Calls) -> None:
    path = call.folder.parent / "富宁县 又.csv"
    path.write_text(f"{HEADER}\n1,另一个问题,五街,2021-06-11,2021-06-30,,,,\n", "utf-8")
    call("import", str(path))
    call.done("withdraw", "1", "--by", "丁四", "--reason", "试")
    call.done("amend", "1", "编号", "甲-1", "--by", "丁四", "--reason", "改号")

    assert "另一个问题" in call.done("history", "富宁-0001").out
    assert "另一个问题" in call.done("history", "1").out


def test_another_number_takes_its_extensions_rechecks_and_evidence_along(call: Calls) -> None:
    call.done(*EXTEND, *WHY)
    recheck = ("record", "recheck", "--county", "富宁", "--on", "2021-06-20", "--by", "丁四")
    call.done(*recheck, "--id", "2", "--result", "不属实")
    photograph = call.folder.parent / "照片.jpg"
    photograph.write_bytes(b"\xff\xd8\xff\xe0")
    call.done("evidence", "2", str(photograph), "--kind", "整改后")
    before = [counts(call, day) for day in ("2021-06-12", "2021-06-25")]
    call.done("amend", "1", "编号", "富宁-11", "--by", "李四", "--reason", "写错")
    call.done("amend", "2", "编号", "富宁-12", "--by", "李四", "--reason", "写错")

    assert [counts(call, day) for day in ("2021-06-12", "2021-06-25")] == before
    problems = read_json(call("check", "--json").out)["problems"]
    assert not {one["code"] for one in problems} & {"bad-extension", "bad-recheck", "bad-evidence"}
    said = call("amend", "3", "编号", "1", "--by", "李四", "--reason", "写错")
    assert said.code == 0, said.err


def test_a_number_that_a_register_knows_is_given_to_no_other_issue(call: Calls) -> None:
    register = call.folder / "rechecks.csv"
    register.write_text(register.read_text("utf-8") + "2021-06-20,富宁,9,不属实,丁四,\n", "utf-8")
    before = snapshot(call.folder)
    said = call("amend", "1", "编号", "９", "--by", "李四", "--reason", "写错")

    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "rechecks.csv 里已有编号为“９”的记录" in said.err
    assert snapshot(call.folder) == before


def test_evidence_of_a_double_speaks_for_the_issue_that_it_is(call: Calls) -> None:
    photograph = call.folder.parent / "照片.jpg"
    photograph.write_bytes(b"\xff\xd8\xff\xe0")
    call.done("evidence", "3", str(photograph), "--kind", "整改后")
    for _ in range(2):
        call.done("withdraw", "3", "--same-as", "2", "--by", "张三", "--reason", "重复")
        rows = (call.folder / "evidence.csv").read_text("utf-8-sig").splitlines()[1:]
        assert [row.split(",")[0] for row in rows] == ["3", "2"]
        assert "shared-evidence" not in call("check", "--json").out
        call.done("withdraw", "3", "--undo", "--by", "张三", "--reason", "撤错了")
    assert "shared-evidence" in call("check", "--json").out


@pytest.mark.parametrize(
    "command",
    [
        ("close", "2", "--on", "2021-06-20", "--by", "丁四"),
        ("reopen", "2", "--on", "2021-06-20", "--reason", "复发"),
        ("extend", "2", "--to", "2021-07-31", "--on", "2021-06-20", "--by", "丁四", *WHY),
        ("record", "recheck", "--county", "富宁", "--on", "2021-06-20", "--id", "2",
         "--result", "属实", "--by", "丁四"),
    ],
)  # fmt: skip
def test_nothing_is_done_to_an_issue_that_is_withdrawn(
    command: tuple[str, ...], call: Calls
) -> None:
    call.done("withdraw", "2", "--by", "丁四", "--reason", "标题行误入")
    before = snapshot(call.folder)
    said = call(*command)

    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "富宁县 2 已经撤销" in said.err
    assert snapshot(call.folder) == before


def test_no_name_is_left_over_for_a_later_closing(call: Calls) -> None:
    several = call("close", "1", "--on", "2021-06-20", "--by", "张三、李四")
    more = call("amend", "2", "核验人", "张三；李四", "--by", "赵六", "--reason", "补名")

    assert (several.code, more.code) == (1, 1)
    assert "一次销号写一个核验人" in several.err
    assert "“核验人”写了2个，销号日期只有1个" in more.err


def test_a_photograph_on_record_whose_file_is_gone_is_not_said_to_be_kept(call: Calls) -> None:
    photograph = call.folder.parent / "照片.jpg"
    photograph.write_bytes(b"\xff\xd8\xff\xe0")
    filing = ("evidence", "3", str(photograph), "--kind", "整改后")
    call.done(*filing)
    kept = call.folder / "evidence/富宁县/3-整改后-01.jpg"
    kept.unlink()
    said = call(*filing)

    assert (said.code, "复制到那里" in said.err) == (1, True)
    kept.write_bytes(photograph.read_bytes())
    call.done(*filing)

"""Where commands write for people: whole or as it was, through what is no file, in nobody's way."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path as SystemPath
from typing import TYPE_CHECKING

import pytest

from duzhan.dataset import locate
from duzhan.deliver.outbox import OUTBOX
from duzhan.errors import DuzhanError, UsageError
from duzhan.store import belongings
from duzhan.store.outputs import file_name, replacing
from small import Calls, small_dataset, snapshot

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str = "new") -> None:
    with replacing(path) as temporary:
        temporary.write_text(text)


def kind(path: Path) -> int:
    return stat.S_IFMT(path.lstat().st_mode)


def test_a_device_is_written_into_and_stays(tmp_path: Path) -> None:
    write(tmp_path / "x")
    (tmp_path / "null.csv").symlink_to("/dev/null")
    write(tmp_path / "null.csv")

    assert kind(tmp_path / "null.csv") == stat.S_IFLNK
    assert stat.S_ISCHR(SystemPath("/dev/null").stat().st_mode)
    (tmp_path / "full.csv").symlink_to("/dev/full")
    with pytest.raises(DuzhanError, match="磁盘已满"):
        write(tmp_path / "full.csv")


def test_a_pipe_is_written_into_and_one_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "list.csv"
    os.mkfifo(pipe)
    with pytest.raises(DuzhanError, match="没有谁在读"):
        write(pipe)
    heard: list[str] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()))
    reader.start()
    # Until the other end is open nobody reads.
    for _ in range(1000):
        try:
            write(pipe, "x" * 200_000)
            break
        except DuzhanError:
            reader.join(0.01)
    reader.join(10)

    assert heard == ["x" * 200_000]
    assert kind(pipe) == stat.S_IFIFO


def test_what_the_shell_opened_is_written_where_it_stands(tmp_path: Path) -> None:
    with (tmp_path / "out.csv").open("wb") as file:
        before = os.fstat(file.fileno()).st_ino
        write(SystemPath(f"/proc/self/fd/{file.fileno()}"))
    assert (tmp_path / "out.csv").read_text() == "new"
    assert (tmp_path / "out.csv").stat().st_ino == before


def test_a_link_stays_and_the_file_at_its_end_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    for name in ("there.csv", "missing.csv"):
        (tmp_path / name).symlink_to(tmp_path / "far" / name)
    (tmp_path / "far" / "there.csv").write_text("old")

    for name in ("there.csv", "missing.csv"):
        write(tmp_path / name)
        assert kind(tmp_path / name) == stat.S_IFLNK
        assert (tmp_path / "far" / name).read_text() == "new"
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(DuzhanError, match="链接绕成了圈"):
        write(tmp_path / "loop.csv")
    with pytest.raises(DuzhanError, match="它是目录"):
        write(tmp_path / "far")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_replaced_output_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    path.chmod(mode)
    write(path)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", mode)


OWN = [
    *("groups.yaml", "milestones.yaml", "standard.yaml", "scores.csv", "extensions.csv"),
    *("journal.jsonl", "outbox.jsonl", "imports.csv", ".duzhan.lock", "groups/53.yaml"),
    *("issues/新.csv", "issues/深/新.csv", "templates/x.j2", "evidence/a.jpg"),
]


@pytest.mark.parametrize("name", OWN)
def test_no_output_takes_the_place_of_a_datasets_own_file(tmp_path: Path, name: str) -> None:
    folder = small_dataset(tmp_path / "ds")
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    (tmp_path / "link").symlink_to(folder / name)
    first = snapshot(folder)

    for path in (folder / name, tmp_path / "link", folder / "issues" / ".." / name):
        with pytest.raises(UsageError, match="自己的文件"):
            write(path)
    assert snapshot(folder) == first


def test_other_places_in_a_dataset_are_free(tmp_path: Path) -> None:
    folder = small_dataset(tmp_path / "ds")
    (folder / "报告").mkdir()
    for name in ("清单.csv", "报告/scores.csv"):
        write(folder / name)
    (tmp_path / "issues").mkdir()
    write(tmp_path / "issues" / "x.csv")


def test_what_goes_back_from_another_datasets_list_is_not_written_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = (small_dataset(tmp_path / name) for name in ("here", "there"))
    (there / "issues" / "西畴县.csv").write_text("问题描述,发现日期\n积水,下周\n", "utf-8")
    first = snapshot(there)
    calls = Calls(here, capsys)

    said = calls("import", str(there / "issues" / "西畴县.csv"), "--json")
    refused = calls(
        *("import", str(there / "issues" / "西畴县.csv")),
        *("--rejects-to", str(there / "issues")),
    )
    parquet = calls("export", "--parquet", str(there / "issues"))

    assert said.code == 1
    assert '"rejected_to"' in said.out
    assert snapshot(there) == first
    assert (refused.code, parquet.code) == (1, 2), (refused.err, parquet.err)


def test_the_names_of_what_is_a_datasets_own_are_those_that_it_has() -> None:
    assert belongings.MARK == locate.ROSTER
    own = {locate.ROSTER, locate.RULES, locate.STANDARD, locate.SAMPLE_MARK, OUTBOX}
    assert own <= belongings.FILES
    assert locate.ROSTER_PARTS in belongings.FOLDERS


def test_no_name_is_a_device_of_windows() -> None:
    assert [file_name(name) for name in ("CON", "nul.csv", "COM1 .txt", "富宁县", "a/b:c")] == [
        *("_CON", "_nul.csv", "_COM1 .txt", "富宁县", "a_b_c"),
    ]

"""The store: one writer at a time, whole or not at all, everything on the record."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import forked
from conftest import REPOSITORY
from duzhan.columns import ISSUE_COLUMNS
from duzhan.errors import DuzhanError
from duzhan.store.atomic import move
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.entries import Change, Entry
from duzhan.store.journal import JOURNAL, last_digests, read_journal
from duzhan.store.outputs import replacing
from duzhan.store.transaction import Store
from small import (
    FUNING,
    GUANGNAN,
    assert_replays,
    environment,
    litter,
    row,
    small_dataset,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLOSE = ("close", "富宁-0001", "--on", "2021-07-01", "--by", "张三")
ROWS = [row("富宁-0001"), row("富宁-0002")]
ENTRY = Entry("changed", "富宁县", "富宁-0001", 0, (Change("备注", "", "好"),))
NEW = rows_bytes(ISSUE_COLUMNS, [row("富宁-0001", 备注="好"), row("富宁-0002")])


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    folder = small_dataset(tmp_path / "ds")
    (folder / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, ROWS))
    return folder


def write(folder: Path, data: bytes = NEW, name: str = FUNING, entry: Entry = ENTRY) -> None:
    with Store(folder) as store:
        store.read(name)
        store.replace(name, data, [entry])
        store.commit(command="amend")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---------------------------------------------------------------- writing


def test_a_commit_writes_file_and_journal(ds: Path) -> None:
    first = snapshot(ds)

    write(ds)

    (line,) = read_journal(ds)
    assert (ds / FUNING).read_bytes() == NEW
    assert (line.file, line.entry, line.stamp.command) == (FUNING, ENTRY, "amend")
    assert (line.before, line.after) == (digest(first[FUNING]), digest(NEW))
    assert line.stamp.time.endswith("+08:00")
    assert last_digests(ds) == {FUNING: digest(NEW)}
    assert litter(ds) == []
    assert_replays(ds, first)


def test_nothing_is_written_without_a_commit(ds: Path) -> None:
    first = snapshot(ds)

    with Store(ds) as store:
        store.read(FUNING)
        store.replace(FUNING, NEW, [ENTRY])

    assert snapshot(ds) == first


def test_content_that_is_already_there_is_not_written_again(ds: Path) -> None:
    first = snapshot(ds)
    inode = (ds / FUNING).stat().st_ino

    write(ds, data=first[FUNING])

    assert snapshot(ds) == first
    assert (ds / FUNING).stat().st_ino == inode


def test_content_may_come_in_pieces(ds: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield NEW[:10]
        yield b"x" * (3 << 20)
        yield NEW[10:]

    with Store(ds) as store:
        store.watch(FUNING)
        store.replace(FUNING, pieces(), [ENTRY])
        store.commit(command="amend")

    assert (ds / FUNING).read_bytes() == NEW[:10] + b"x" * (3 << 20) + NEW[10:]


def test_several_files_change_in_one_transaction(ds: Path) -> None:
    with Store(ds) as store:
        for name in (FUNING, GUANGNAN, "issues/丘北县.csv"):
            store.read(name)
            store.replace(name, NEW, [ENTRY, ENTRY])
        transaction = store.commit(command="import")

    lines = list(read_journal(ds))
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]
    assert {line.stamp.transaction for line in lines} == {transaction}
    assert [bool(line.after) for line in lines] == [False, True] * 3
    assert [bool(line.digests) for line in lines] == [False] * 5 + [True]
    assert lines[5].before is None
    assert last_digests(ds).keys() == {FUNING, GUANGNAN, "issues/丘北县.csv"}


def test_a_store_can_commit_more_than_once(ds: Path) -> None:
    with Store(ds) as store:
        for data in (NEW, NEW + b"a", NEW + b"b"):
            store.watch(FUNING)
            store.replace(FUNING, data, [ENTRY])
            store.commit(command="amend")
        assert store.commit(command="nothing") is None

    assert (ds / FUNING).read_bytes() == NEW + b"b"
    assert len(list(read_journal(ds))) == 3


def test_a_file_changed_by_another_program_meanwhile_is_not_overwritten(ds: Path) -> None:
    with Store(ds) as store:
        for name in (FUNING, GUANGNAN):
            store.read(name)
            store.replace(name, NEW, [ENTRY])
        (ds / GUANGNAN).write_bytes(b"somebody else")
        first = snapshot(ds)
        with pytest.raises(DuzhanError, match=r"在读取之后被别的程序改过.*请重试"):
            store.commit(command="amend")

    assert snapshot(ds) == first


def test_a_file_must_be_read_before_it_is_replaced(ds: Path) -> None:
    with Store(ds) as store, pytest.raises(ValueError, match="without having been read"):
        store.replace(FUNING, NEW, [ENTRY])


def test_a_change_without_a_journal_entry_is_refused_and_undone(ds: Path) -> None:
    first = snapshot(ds)
    with Store(ds) as store:
        store.read(FUNING)
        store.replace(FUNING, NEW, [])
        with pytest.raises(ValueError, match="without an entry"):
            store.commit(command="amend")

    assert snapshot(ds) == first


@pytest.mark.parametrize("name", ["../outside.csv", "/etc/passwd", "", "issues/../../x", "a\0b"])
def test_no_name_leads_out_of_the_dataset(ds: Path, name: str) -> None:
    with Store(ds) as store, pytest.raises(DuzhanError, match="不是数据集里的文件名"):
        store.read(name)


def test_reading_gives_content_and_none_for_a_missing_file(ds: Path) -> None:
    with Store(ds) as store:
        assert store.read(FUNING) == (ds / FUNING).read_bytes()
        assert store.watch(FUNING) == digest((ds / FUNING).read_bytes())
        assert store.read("issues/丘北县.csv") is None


# ---------------------------------------------------------------- modes, owners, links


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_a_replaced_file_keeps_its_mode(ds: Path, mode: int) -> None:
    (ds / FUNING).chmod(mode)

    write(ds)

    assert stat.S_IMODE((ds / FUNING).stat().st_mode) == mode


def test_new_files_follow_the_umask(ds: Path) -> None:
    before = os.umask(0o027)
    try:
        write(ds, name="issues/丘北县.csv")
    finally:
        os.umask(before)

    for name in ("issues/丘北县.csv", JOURNAL):
        assert stat.S_IMODE((ds / name).stat().st_mode) == 0o640


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_a_replaced_file_keeps_its_owner(ds: Path) -> None:
    os.chown(ds / FUNING, 1234, 4321)

    write(ds)

    status = (ds / FUNING).stat()
    assert (status.st_uid, status.st_gid) == (1234, 4321)


def test_a_link_stays_a_link_and_its_target_is_replaced(ds: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (ds / FUNING).rename(share / "list.csv")
    (ds / FUNING).symlink_to(share / "list.csv")

    write(ds)
    (share / ".duzhan-0123456789abcdef.tmp").touch()
    with Store(ds):
        pass

    assert (ds / FUNING).is_symlink()
    assert (share / "list.csv").read_bytes() == NEW
    assert [path.name for path in share.iterdir()] == ["list.csv"]


# ---------------------------------------------------------------- the lock


def test_a_second_writer_waits_and_says_so_once(ds: Path) -> None:
    said: list[float] = []
    begun = time.monotonic()

    def second() -> None:
        with Store(ds, on_wait=lambda: said.append(time.monotonic() - begun)):
            said.append(time.monotonic() - begun)

    with Store(ds):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(1.5)
        assert len(said) == 1
    thread.join()

    assert 1.0 <= said[0] < 1.5 <= said[1]


def test_a_short_wait_is_not_worth_a_word(ds: Path) -> None:
    said: list[str] = []

    def second() -> None:
        with Store(ds, on_wait=lambda: said.append("waiting")):
            pass

    with Store(ds):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
    thread.join()

    assert said == []


def test_a_writer_gives_up_after_its_timeout(ds: Path) -> None:
    arguments = ("amend", "富宁-0001", "备注", "好", "--by", "a", "--reason", "b")
    with Store(ds):
        told = ["--data", str(ds), *arguments, "--lock-timeout", "1.2"]
        result = forked.run(told, ds, environment())

    waiting, failed = result.stderr.splitlines()
    assert result.returncode == 1
    assert waiting == "另一个 duzhan 正在写入，等待中…"
    assert failed.startswith("等了 1.2 秒，另一个 duzhan 还在写入")
    assert "--lock-timeout" in failed


def test_the_lock_of_a_killed_writer_is_free(ds: Path) -> None:
    holding = (
        "import sys, time; from pathlib import Path; from duzhan.store.transaction import Store\n"
        "with Store(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(ds)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.kill()

    with Store(ds, timeout=0):
        pass


def test_a_failed_opening_frees_the_lock(ds: Path) -> None:
    (ds / ".duzhan-pending.jsonl").write_text("rubbish\n")
    for _ in range(2):
        with pytest.raises(DuzhanError, match=r"\.duzhan-pending\.jsonl 已损坏"), Store(ds):
            pass
    (ds / ".duzhan-pending.jsonl").unlink()

    with Store(ds, timeout=0):
        pass


# ---------------------------------------------------------------- putting in order


def test_leftovers_of_killed_writers_are_removed(ds: Path) -> None:
    first = snapshot(ds)
    for place in (ds, ds / "issues"):
        (place / ".duzhan-0123456789abcdef.tmp").write_bytes(b"half a fi")

    with Store(ds):
        pass

    assert snapshot(ds) == first


def test_a_torn_last_line_is_cut_off(ds: Path) -> None:
    write(ds)
    whole = (ds / JOURNAL).read_bytes()

    for torn in (b'{"transaction": "a', b"{", b"\0" * 5000, whole[:-3]):
        (ds / JOURNAL).write_bytes(whole + torn)
        with Store(ds):
            pass
        assert (ds / JOURNAL).read_bytes() == whole


def test_a_journal_of_one_torn_line_is_empty_afterwards(ds: Path) -> None:
    (ds / JOURNAL).write_bytes(b'{"transa')

    with Store(ds):
        pass

    assert (ds / JOURNAL).read_bytes() == b""


def test_a_whole_last_line_that_lost_its_end_is_ended(ds: Path) -> None:
    write(ds)
    whole = (ds / JOURNAL).read_bytes()
    (ds / JOURNAL).write_bytes(whole[:-1])

    with Store(ds):
        pass

    assert (ds / JOURNAL).read_bytes() == whole


def test_a_change_from_outside_is_put_on_the_record(ds: Path) -> None:
    write(ds)
    (ds / FUNING).write_bytes(b"edited in Excel")

    for _ in range(2):
        with Store(ds):
            pass

    _, line = read_journal(ds)
    assert (line.entry.action, line.entry.county, line.file) == ("outside", "富宁县", FUNING)
    assert (line.before, line.after) == (digest(NEW), digest(b"edited in Excel"))


def test_a_file_removed_and_put_back_from_outside_is_put_on_the_record(ds: Path) -> None:
    write(ds)
    (ds / FUNING).unlink()
    with Store(ds):
        pass
    (ds / FUNING).write_bytes(NEW)
    with Store(ds):
        pass

    _, gone, back = read_journal(ds)
    assert (gone.before, gone.after) == (digest(NEW), None)
    assert (back.before, back.after) == (None, digest(NEW))


def test_files_that_the_tool_never_wrote_are_not_watched(ds: Path) -> None:
    write(ds)
    (ds / GUANGNAN).write_bytes(b"edited in Excel")

    with Store(ds):
        pass

    assert len(list(read_journal(ds))) == 1


# ---------------------------------------------------------------- refusals of the system


def test_a_full_disk_changes_nothing_and_says_so(ds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, real, calls = snapshot(ds), os.write, 0

    def write_until_full(handle: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        if calls == room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data)

    for room in (1, 2, 3):
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write_until_full)
            with pytest.raises(DuzhanError, match=r"数据没有改动.*磁盘已满|磁盘已满.*数据没有改动"):
                write(ds)
        assert calls == room
        assert snapshot(ds) == first


def test_a_file_that_cannot_take_its_place_leaves_the_others_on_the_record(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, real = snapshot(ds), os.replace

    def refuse_the_second_list(source: Path, target: Path) -> None:
        if target == ds / GUANGNAN:
            raise PermissionError(errno.EACCES, "open in Excel")
        real(source, target)

    with monkeypatch.context() as patch, Store(ds) as store:
        patch.setattr(os, "replace", refuse_the_second_list)
        for name in (FUNING, GUANGNAN):
            store.read(name)
            store.replace(name, NEW, [ENTRY])
        with pytest.raises(DuzhanError) as caught:
            store.commit(command="amend")

    (line,) = read_journal(ds)
    assert str(caught.value) == (
        f"写到一半出错（没有写入权限，或正被别的程序打开）：已写入 {FUNING}；没有写入 {GUANGNAN}"
    )
    assert (ds / FUNING).read_bytes() == NEW
    assert (ds / GUANGNAN).read_bytes() == first[GUANGNAN]
    assert (line.file, line.recovered, dict(line.digests)) == (FUNING, True, {FUNING: digest(NEW)})
    assert litter(ds) == []


def test_ctrl_c_leaves_the_old_or_the_new_files(ds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = snapshot(ds)
    for name in ("fsync", "replace", "unlink"):
        real, calls, outcomes = getattr(os, name), 0, set()
        for at in range(1, 9):
            calls = 0

            def interrupt(*arguments: object, _real: object = real, _at: int = at) -> object:
                nonlocal calls
                calls += 1
                if calls == _at:
                    raise KeyboardInterrupt
                return _real(*arguments)  # type: ignore[operator]

            for file, data in first.items():
                (ds / file).write_bytes(data)
            (ds / JOURNAL).unlink(missing_ok=True)
            with monkeypatch.context() as patch:
                patch.setattr(os, name, interrupt)
                try:
                    write(ds)
                except KeyboardInterrupt:
                    outcomes.add("interrupted")
            with Store(ds):
                pass
            assert (ds / FUNING).read_bytes() in (first[FUNING], NEW)
            assert litter(ds) == []
            assert_replays(ds, first)
        # The pending file goes last: by then everything is done, and no longer interrupted.
        assert outcomes == ({"interrupted"} if name != "unlink" else set())


# Runs a command as a user without rights, root's tests too. The same command
# on another dataset first loads everything that this user may not read.
AS_NOBODY = """
import contextlib, io, os, sys
from duzhan.cli import main
warm, cold, *arguments = sys.argv[1:]
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["--data", warm, *arguments])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
main(["--data", cold, *arguments])
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in Path(folder).rglob("*"):
            path.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="needs the rights of Unix")
@pytest.mark.parametrize("closed", [".", "issues"])
def test_a_read_only_folder_gives_one_clear_line(public: Path, closed: str) -> None:
    ds, warm = small_dataset(public / "ds"), small_dataset(public / "warm")
    first = snapshot(ds)
    for folder in (ds, ds / "issues"):
        folder.chmod(0o777)
    (ds / closed).chmod(0o555)

    result = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, warm, ds, *CLOSE],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    (line,) = result.stderr.splitlines()
    assert result.returncode == 1
    assert line.startswith(f"数据集“{ds}”写不进去")
    assert "没有写入权限" in line
    assert snapshot(ds) == first


def test_a_dataset_that_is_gone_gives_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(DuzhanError, match="不存在"), Store(tmp_path / "nowhere"):
        pass

    assert not (tmp_path / "nowhere").exists()


# ---------------------------------------------------------------- other systems


def held(times: int, code: int) -> Callable[[Path, Path], Path]:
    """What Windows does while another program has the target open, so many times."""
    left = [times]
    rename = Path.replace

    def replace(source: Path, target: Path) -> Path:
        if left[0]:
            left[0] -= 1
            error = PermissionError(13, "in use")
            error.winerror = code  # type: ignore[attr-defined, unused-ignore]
            raise error
        return rename(source, target)

    return replace


@pytest.mark.parametrize("code", [5, 32])
def test_a_file_that_another_program_has_open_is_replaced_when_it_lets_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    (tmp_path / "new").write_text("new")
    (tmp_path / "old").write_text("old")
    monkeypatch.setattr(Path, "replace", held(3, code))
    move(tmp_path / "new", tmp_path / "old")

    assert (tmp_path / "old").read_text() == "new"


def test_a_file_that_may_not_be_replaced_is_an_error_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").write_text("new")
    monkeypatch.setattr(Path, "replace", held(1, 19))

    with pytest.raises(PermissionError):
        move(tmp_path / "new", tmp_path / "old")


def test_a_report_is_as_readable_as_any_new_file_and_the_umask_is_left_alone(
    tmp_path: Path,
) -> None:
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "page.html") as temporary:
            temporary.write_text("page")
        assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o640
    finally:
        os.umask(before)


def test_no_module_changes_the_umask_of_the_process() -> None:
    source = REPOSITORY / "src"
    assert not [path for path in source.rglob("*.py") if "umask(" in path.read_text("utf-8")]

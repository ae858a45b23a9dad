"""A dataset in which anything may lie: pipes, devices, foreign records, other people's saves."""

from __future__ import annotations

import errno
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from conftest import read_json
from duzhan.columns import ISSUE_COLUMNS
from duzhan.errors import DuzhanError
from duzhan.store import atomic, unfinished
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.entries import Change, Entry
from duzhan.store.transaction import Store
from small import FUNING, GUANGNAN, Calls, row, small_dataset, snapshot

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = Entry("changed", "富宁县", "富宁-0001", 0, (Change("备注", "", "好"),))
OLD = rows_bytes(ISSUE_COLUMNS, [row("富宁-0001")])
NEW = rows_bytes(ISSUE_COLUMNS, [row("富宁-0001", 备注="好")])
PENDING = ".duzhan-pending.jsonl"


@pytest.fixture
def ds(tmp_path: Path) -> Path:
    folder = small_dataset(tmp_path / "ds")
    (folder / FUNING).write_bytes(OLD)
    return folder


def write(folder: Path, **options: object) -> None:
    with Store(folder, **options) as store:  # type: ignore[arg-type]
        store.read(FUNING)
        store.replace(FUNING, NEW, [ENTRY])
        store.commit(command="amend")


# ---------------------------------------------------------------- what is no file

READERS = {
    "outbox.jsonl": "overdue --email --dry-run",
    "journal.jsonl": "history 1",
    "imports.csv": "weekly-report --week 2021-W25 --format txt",
    "templates/督战周报.txt.j2": "weekly-report --week 2021-W25 --format txt",
}


@pytest.mark.parametrize(
    "name",
    [
        "groups.yaml",
        "milestones.yaml",
        "standard.yaml",
        "scores.csv",
        "extensions.csv",
        "journal.jsonl",
        "imports.csv",
        "outbox.jsonl",
        "示例数据.txt",
        "issues/富宁县.csv",
        "templates/督战周报.txt.j2",
    ],
)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_for_a_file_gives_one_line(
    dataset: Path, capsys: pytest.CaptureFixture[str], name: str, kind: str
) -> None:
    path = dataset / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")

    if name.startswith("templates") and kind == "device":
        return  # Where a link leads out of the folder, the program's own template stands in.
    said = Calls(dataset, capsys)(*READERS.get(name, "check").split())

    assert said.code in (0, 1, 3), said.err
    if name not in ("示例数据.txt", "groups.yaml"):
        assert "管道或设备" in said.out + said.err


def test_a_writer_waits_for_no_pipe(ds: Path) -> None:
    for name in ("journal.jsonl", PENDING, FUNING):
        kept = (ds / name).read_bytes() if (ds / name).exists() else None
        (ds / name).unlink(missing_ok=True)
        os.mkfifo(ds / name)
        with pytest.raises(DuzhanError, match="管道或设备"):
            write(ds)
        (ds / name).unlink()
        if kept is not None:
            (ds / name).write_bytes(kept)
    write(ds)


@pytest.mark.parametrize("kind", ["file", "loop"])
def test_lists_that_are_no_folder_are_named_by_check(
    dataset: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    folder = dataset / "issues"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    if kind == "file":
        folder.write_text("x")
    else:
        folder.symlink_to("issues")

    said = Calls(dataset, capsys)("check", "--json")

    assert said.code == 1
    (problem,) = [p for p in read_json(said.out)["problems"] if p["file"] == "issues/"]
    assert problem["code"] == "bad-file"


def test_one_list_that_cannot_be_read_takes_no_week_away(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(dataset / "issues/富宁县.csv")

    said = Calls(dataset, capsys)("weekly-report", "--week", "2021-W25")

    assert said.code == 0
    assert "报送的清单读不出来" in said.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_not_called_unwritable(ds: Path) -> None:
    (ds / FUNING).chmod(0)
    with pytest.raises(DuzhanError, match="读不出来：没有权限"):
        write(ds)


# ---------------------------------------------------------------- somebody else's save


def test_a_save_in_the_last_moment_is_kept_beside_and_said(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the files were compared and the journal was written, before the renaming."""
    announce = unfinished.announce

    def save_behind(*arguments: object) -> None:
        announce(*arguments)  # type: ignore[arg-type]
        (ds / "by hand").write_bytes(b"saved by hand")
        (ds / "by hand").replace(ds / FUNING)

    monkeypatch.setattr(unfinished, "announce", save_behind)
    said: list[str] = []
    write(ds, on_conflict=said.append)

    assert (ds / FUNING).read_bytes() == NEW
    (copy,) = ds.glob("*.conflict")
    assert copy.read_bytes() == b"saved by hand"
    assert len(said) == 1
    assert copy.name in said[0]


def test_a_file_touched_in_the_last_moment_is_no_conflict(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = unfinished.announce

    def touch(*arguments: object) -> None:
        announce(*arguments)  # type: ignore[arg-type]
        (ds / FUNING).touch()

    monkeypatch.setattr(unfinished, "announce", touch)
    write(ds)

    assert not list(ds.glob("*.conflict"))


def test_after_a_last_failed_sync_nobody_says_that_nothing_changed(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = atomic.sync_folder

    def fail_at_last(folder: Path) -> None:
        if not (ds / PENDING).exists() and (ds / FUNING).read_bytes() == NEW:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(folder)

    monkeypatch.setattr(unfinished, "sync_folder", fail_at_last)
    with pytest.raises(DuzhanError, match="已经全部写入"):
        write(ds)
    assert (ds / FUNING).read_bytes() == NEW


def test_a_folder_that_refuses_to_be_synced_is_no_error(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def refuse(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    write(ds)
    assert (ds / FUNING).read_bytes() == NEW


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP])
def test_a_place_without_locks_is_told_from_a_busy_one(
    ds: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DuzhanError, match="没有文件锁"):
        write(ds)


def test_a_system_without_flock_locks_all_the_same(
    ds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def missing(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", missing)
    write(ds)
    assert (ds / FUNING).read_bytes() == NEW


# ---------------------------------------------------------------- records that are not trusted


def header(ds: Path, **changed: object) -> bytes:
    move: dict[str, object] = {
        "file": FUNING,
        "target": FUNING,
        "temporary": "issues/.duzhan-0123456789abcdef.tmp",
        "before": None,
        "after": "0" * 64,
    }
    size = (ds / "journal.jsonl").stat().st_size if (ds / "journal.jsonl").exists() else 0
    told: dict[str, object] = {
        "transaction": "0" * 16,
        "journal": size,
        "digests": {},
        "files": [move],
    }
    for name, value in changed.items():
        (move if name in move else told)[name] = value
    return json.dumps(told).encode() + b"\n"


@pytest.mark.parametrize(
    "changed",
    [
        {"temporary": "groups.yaml"},
        {"temporary": "../victim"},
        {"temporary": "/etc/hostname"},
        {"target": "../victim"},
        {"file": "../victim", "target": "../victim"},
        {"file": "groups.yaml"},
        {"journal": 0},
        {"journal": 10},
        {"after": "x"},
    ],
    ids=str,
)
def test_a_pending_file_of_somebody_else_moves_and_cuts_nothing(
    ds: Path, tmp_path: Path, changed: dict[str, object]
) -> None:
    write(ds)
    victim = tmp_path / "victim"
    victim.write_text("not yours")
    (ds / PENDING).write_bytes(header(ds, **changed))
    first = snapshot(ds)

    with pytest.raises(DuzhanError, match="没有照它改动任何文件"), Store(ds):
        pass

    left = snapshot(ds)
    assert victim.read_text() == "not yours"
    assert [name for name in left if "存疑" in name] == ["duzhan-pending.jsonl.存疑1"]
    assert {n: d for n, d in left.items() if "存疑" not in n} == {
        n: d for n, d in first.items() if n != PENDING
    }
    with Store(ds):
        pass


@pytest.mark.parametrize(
    "changed",
    [
        {"files": 3},
        {"files": [[]]},
        {"digests": []},
        {"digests": {"a": 1}},
        {"journal": "0"},
        {"journal": -1},
        {"journal": None},
        {"transaction": 7},
        {"target": None},
        {"after": 1},
        {"before": 5},
    ],
    ids=str,
)
def test_a_pending_file_of_wrong_types_is_called_damaged(
    ds: Path, changed: dict[str, object]
) -> None:
    (ds / PENDING).write_bytes(header(ds, **changed))
    with pytest.raises(DuzhanError, match="已损坏"), Store(ds):
        pass


WRONG = [
    ("action", 5),
    ("action", "burnt"),
    ("county", 5),
    ("id", []),
    ("row", "1"),
    ("changes", {"a": 1}),
    ("changes", [{"column": 1, "old": "", "new": ""}]),
    ("source", {"file": 1, "sheet": None, "row": 1}),
    ("time", 5),
    ("n", "1"),
    ("file", None),
    ("before", 1),
    ("digests", [1]),
    ("digests", {"a": 2}),
    ("reason", 1),
]


@pytest.mark.parametrize(("key", "value"), WRONG, ids=str)
def test_a_journal_line_of_wrong_types_is_a_damaged_line(ds: Path, key: str, value: object) -> None:
    from duzhan.store.journal import read_journal

    write(ds)
    told = json.loads((ds / "journal.jsonl").read_text("utf-8"))
    (ds / "journal.jsonl").write_text(json.dumps({**told, key: value}) + "\n", "utf-8")

    with pytest.raises(DuzhanError, match=r"journal\.jsonl 第1行读不懂"):
        list(read_journal(ds))


NAME = {"kind": "overdue", "county": "532628", "period": "2021-06-25", "version": 1, "digest": "d"}
SENT = {"event": "sent", "time": "t", "mail": NAME, "message_id": "<a@b>", "to": ["a@b"]}
RUN = {"event": "run", "time": "2021-06-25T07:00:00+08:00", "command": "overdue", "result": "ok"}


@pytest.mark.parametrize(
    "line",
    [
        {**SENT, "to": "a@b"},
        {**SENT, "to": [1]},
        {**SENT, "mail": {**NAME, "version": "1"}},
        {**SENT, "mail": {**NAME, "county": None}},
        {**SENT, "message_id": 5},
        {**SENT, "issues": 5},
        {**SENT, "reason": 5},
        {**RUN, "time": 5},
        {**RUN, "result": 5},
        {**RUN, "time": "yesterday"},
        [],
    ],
    ids=str,
)
def test_an_outbox_line_of_wrong_types_is_a_damaged_line(ds: Path, line: object) -> None:
    from duzhan.deliver.outbox import read_outbox

    (ds / "outbox.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(DuzhanError, match=r"outbox\.jsonl 第1行读不懂"):
        read_outbox(ds)


# ---------------------------------------------------------------- people and modes


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_files_let_a_second_account_write_where_the_umask_does(ds: Path) -> None:
    before = os.umask(0o002)
    try:
        (ds / FUNING).unlink()
        write(ds)
    finally:
        os.umask(before)
    assert (mode(ds / FUNING), mode(ds / "journal.jsonl")) == (0o664, 0o664)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_new_files_take_the_group_of_their_folder(ds: Path) -> None:
    os.chown(ds, -1, 4242)
    os.chown(ds / "issues", -1, 4242)
    (ds / FUNING).unlink()
    write(ds)
    assert {(ds / name).stat().st_gid for name in (FUNING, "journal.jsonl")} == {4242}


def test_a_private_ledger_has_a_private_journal(ds: Path) -> None:
    with Store(ds) as store:
        store.read(GUANGNAN)
        store.replace(GUANGNAN, NEW, [ENTRY])
        store.commit(command="amend")
    assert mode(ds / "journal.jsonl") == 0o644
    (ds / FUNING).chmod(0o600)

    write(ds)

    assert mode(ds / "journal.jsonl") == 0o600
    assert mode(ds / FUNING) == 0o600


def test_an_access_list_is_kept(ds: Path) -> None:
    # user::rw-, user:4242:rw-, group::r--, mask::rw-, other::---
    entries = [(1, 6, -1), (2, 6, 4242), (4, 4, -1), (16, 6, -1), (32, 0, -1)]
    pack = b"".join(
        tag.to_bytes(2, "little")
        + may.to_bytes(2, "little")
        + (who & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, may, who in entries
    )
    access = (2).to_bytes(4, "little") + pack
    try:
        os.setxattr(ds / FUNING, "system.posix_acl_access", access)
    except OSError as error:
        pytest.skip(f"no access lists here: {error.strerror}")

    write(ds)

    assert os.getxattr(ds / FUNING, "system.posix_acl_access") == access

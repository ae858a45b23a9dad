"""The only writer of a dataset: one at a time, whole or not at all, everything on the record."""

from __future__ import annotations

import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.errors import DuzhanError, reason
from duzhan.files import contents
from duzhan.parallel import on_all_cores
from duzhan.store import unfinished
from duzhan.store.atomic import (
    explain,
    file_digest,
    sync_folder,
    write_temporary,
)
from duzhan.store.entries import Stamp, now
from duzhan.store.journal import last_digests
from duzhan.store.lock import WaitingLock
from duzhan.store.pending_file import Move, place_of, shown, target_of
from duzhan.store.tidying import tidied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Self

    from duzhan.store.entries import Entry
    from duzhan.store.row_entries import RowEntries

LOCK = ".duzhan.lock"


@dataclass(frozen=True, slots=True)
class _Staged:
    data: bytes | Iterable[bytes]
    entries: Iterable[Entry | RowEntries]


class Store:
    """A dataset held for writing; use it in a ``with`` statement.

    On entering, a transaction that broke off is settled, leftovers of killed
    processes are removed, and files that somebody changed behind the tool's
    back are put on the record as such.

    Args:
        root: the dataset's folder.
        timeout: how long to wait for another writer, in seconds.
        on_wait: called once if the wait takes more than a second.
        on_conflict: hears of the copy of what somebody else saved at the moment of writing.
        time_zone: the campaign's, for the journal's times.
    """

    def __init__(
        self,
        root: Path,
        *,
        timeout: float = 30.0,
        on_wait: Callable[[], None] | None = None,
        on_conflict: Callable[[str], None] | None = None,
        time_zone: str = "Asia/Shanghai",
    ) -> None:
        self.root = root
        self._zone = time_zone
        self._on_conflict = on_conflict
        self._lock = WaitingLock(root / LOCK, timeout, on_wait, f"在写入“{root}”")
        self._seen: dict[str, str | None] = {}
        self._staged: dict[str, _Staged] = {}
        self._added: list[Move] = []

    def __enter__(self) -> Self:
        """Wait for the lock, then put the dataset in order.

        Raises:
            DuzhanError: another writer stays too long, or the folder cannot be written.
        """
        self._acquire()
        try:
            self._tidy()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let the next writer in; what was staged and not committed is forgotten."""
        self._staged.clear()
        self._forget_added()
        self._lock.release()

    # ------------------------------------------------------------ reading

    def read(self, name: str) -> bytes | None:
        """Give a file's content, and remember what was read; None if there is no such file.

        Args:
            name: path in the dataset, such as ``issues/富宁县.csv``.

        Raises:
            DuzhanError: it cannot be read, or is no file of the dataset.
        """
        self.watch(name)
        with self._explained("读不出来", name, reason):
            try:
                return contents(self._path(name))
            except FileNotFoundError:
                return None

    def watch(self, name: str) -> str | None:
        """Remember what a file holds, before it is read by other means.

        Returns:
            Its SHA-256 in hexadecimal; None if there is no such file.

        Raises:
            DuzhanError: it cannot be read, or is no file of the dataset.
        """
        if name not in self._seen:
            with self._explained("读不出来", name, reason):
                self._seen[name] = file_digest(self._path(name))
        return self._seen[name]

    # ------------------------------------------------------------ writing

    def replace(
        self,
        name: str,
        data: bytes | Iterable[bytes],
        entries: Iterable[Entry | RowEntries],
    ) -> None:
        """Stage a new content of a file; nothing is written before `commit`.

        Args:
            name: path in the dataset; it must have been read or watched before.
            data: the content, whole or in pieces.
            entries: what the journal is to say of it, in order, at least one; read once.
        """
        if name not in self._seen:
            raise ValueError(f"{name} is to be replaced without having been read")
        self._staged[name] = _Staged(data, entries)

    def add(self, name: str, data: bytes, told_by: str) -> None:
        """Write a new file that takes its place with the commit, and is not kept in memory.

        Neither the journal nor its digests tell of it: the rows of another file do.

        Args:
            name: path in the dataset, where there is no file yet.
            data: the content.
            told_by: the file whose rows tell of it; it is to be replaced in the same commit.

        Raises:
            DuzhanError: there is such a file, or it cannot be written.
        """
        path = self._path(name)
        with self._explained("写不进去，数据没有改动", name):
            if path.exists() or path.is_symlink():
                raise DuzhanError(f"“{name}”已经有了，不覆盖")
            new = [one for one in (path.parent, *path.parent.parents) if not one.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            for one in new:
                sync_folder(one.parent)
            temporary, after = write_temporary(path, data)
        self._added.append(Move(name, name, shown(self.root, temporary), None, after, told_by))

    def commit(self, *, command: str) -> str | None:
        """Write everything that was staged, and the journal's lines about it.

        Args:
            command: the command's name, for the journal.

        Returns:
            The transaction's id; None if no file changed.

        Raises:
            DuzhanError: a file was changed by another program meanwhile, or cannot be
                written. Nothing has changed then, unless the message says so.
        """
        staged, self._staged = self._staged, {}
        moves: list[Move] = []
        try:
            with self._explained("写不进去，数据没有改动"):
                self._prepare_all(staged, moves)
                seen = self._refuse_changed(staged)
        except BaseException:
            self._remove(moves)
            self._forget_added()
            raise
        if not moves:
            self._forget_added()
            return None
        moves, self._added = [*self._added, *moves], []
        stamp = Stamp(secrets.token_hex(8), now(self._zone), command)
        entries = {name: staging.entries for name, staging in staged.items()}
        try:
            unfinished.announce(self.root, stamp, moves, entries, last_digests(self.root))
            copies = unfinished.finish(self.root, moves, seen)
        except BaseException as error:
            if not self._break_off(moves, error):
                raise
            copies = []
        self._seen.update((move.file, move.after) for move in moves if not move.told_by)
        for copy in copies:
            self._say_conflict(copy)
        return stamp.transaction

    # ------------------------------------------------------------ inside

    def _acquire(self) -> None:
        if not self.root.is_dir():
            raise DuzhanError(f"数据集“{self.root}”不存在")
        with self._explained("写不进去"):
            self._lock.acquire()

    def _tidy(self) -> None:
        with self._explained("写不进去"):
            self._seen = tidied(self.root, self._zone)

    def _prepare_all(self, staged: Mapping[str, _Staged], moves: list[Move]) -> None:
        """Write the new contents beside the old ones, on all cores.

        Args:
            staged: the contents.
            moves: takes what was written, also when something else could not be.
        """

        def prepare(name: str) -> None:
            if move := self._prepare(name, staged[name].data):
                moves.append(move)

        on_all_cores(prepare, list(staged))
        order = list(staged)
        moves.sort(key=lambda move: order.index(move.file))

    def _prepare(self, name: str, data: bytes | Iterable[bytes]) -> Move | None:
        """Write a new content beside the old one; None if it is the same."""
        path = self._path(name)
        target = target_of(path)
        target.parent.mkdir(exist_ok=True)
        temporary, after = write_temporary(target, data)
        if after == self._seen[name]:
            temporary.unlink()
            return None
        return Move(
            name, shown(self.root, target), shown(self.root, temporary), self._seen[name], after
        )

    def _refuse_changed(self, names: Iterable[str]) -> dict[str, unfinished.Signature]:
        """Compare the files with what was read; give what each is known by from here on."""
        seen = {name: unfinished.signature(target_of(self._path(name))) for name in names}
        for name in names:
            if file_digest(self._path(name)) != self._seen[name]:
                raise DuzhanError(f"“{name}”在读取之后被别的程序改过，数据没有改动，请重试")
        for move in self._added:
            seen[move.file] = unfinished.signature(self._path(move.file))
            if seen[move.file]:
                raise DuzhanError(f"“{move.file}”刚被别的程序写入，数据没有改动，请重试")
        return seen

    def _forget_added(self) -> None:
        self._remove(self._added)
        self._added = []

    def _say_conflict(self, copy: str) -> None:
        message = (
            f"写入的那一刻别的程序也存了“{copy.rsplit('.', 2)[0]}”：这里写的已生效，"
            f"那一份另存为“{copy}”，请对照后用 duzhan 把其中的改动补上"
        )
        if self._on_conflict is None:
            raise DuzhanError(message)
        self._on_conflict(message)

    def _remove(self, moves: Iterable[Move]) -> None:
        for move in moves:
            (self.root / move.temporary).unlink(missing_ok=True)

    def _break_off(self, moves: list[Move], error: BaseException) -> bool:
        """Settle a transaction that failed half-way; tell whether it is done all the same.

        Raises:
            DuzhanError: in place of an error of the system.
        """
        self._seen.clear()
        why = explain(error) if isinstance(error, OSError) else str(error)
        settled = None
        with self._explained(f"写到一半出错（{why}），收尾也没有成功"):
            with suppress(OSError):
                settled = unfinished.settle(self.root)
            if settled is None and unfinished.all_done(self.root, moves):
                if not isinstance(error, OSError):
                    return True
                raise DuzhanError(
                    f"数据集“{self.root}”已经全部写入，但系统没有确认落到磁盘（{why}），请检查磁盘"
                ) from None
            if settled is None:
                settled = unfinished.settle(self.root)
            if settled is None:
                # It broke off before the transaction was announced.
                self._remove(moves)
        if settled and not settled.undone:
            return True
        if not isinstance(error, OSError):
            return False
        if settled and settled.done:
            done, undone = "、".join(settled.done), "、".join(settled.undone)
            raise DuzhanError(f"写到一半出错（{why}）：已写入 {done}；没有写入 {undone}") from None
        raise DuzhanError(f"数据集“{self.root}”写不进去，数据没有改动：{why}") from None

    def _path(self, name: str) -> Path:
        """Where a file of the dataset lies.

        Raises:
            DuzhanError: the name leads out of the dataset.
        """
        return place_of(self.root, name)

    @contextmanager
    def _explained(
        self,
        problem: str,
        name: str | None = None,
        words: Callable[[OSError], str] = explain,
    ) -> Iterator[None]:
        """Turn an error of the system into one clear line."""
        try:
            yield
        except OSError as error:
            where = f"“{name}”" if name else f"数据集“{self.root}”"
            raise DuzhanError(f"{where}{problem}：{words(error)}") from None

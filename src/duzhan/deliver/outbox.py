"""outbox.jsonl: every attempt to send a mail, before and after it, and every run (SPEC section 7).

The order of writing is what keeps a list from going out twice: `sending` is on
the disk before the server gets a mail's content, and `sent` follows its answer. A
process that dies in between leaves `sending`, which the next run calls unknown.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from duzhan.deliver.attempts import Fate, Record, fold
from duzhan.errors import DuzhanError, reason
from duzhan.files import contents, open_plain
from duzhan.store.atomic import cut, explain, sync_folder
from duzhan.store.entries import now
from duzhan.store.lock import WaitingLock, hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from duzhan.deliver.attempts import Event, Name, Sent

OUTBOX = "outbox.jsonl"
LOCK = ".duzhan-mail.lock"
_BUSY = "在发信"
DIED = "发送过程中断，不知道信有没有送出"


def read_outbox(root: Path) -> Record:
    """Read the record without holding it, as a rehearsal does; a torn last line is passed over.

    Raises:
        DuzhanError: it cannot be read, or a line of it is damaged.
    """
    return _fold(root / OUTBOX)[0]


def _fold(path: Path) -> tuple[Record, int]:
    """The record, and how many bytes of it are whole lines."""
    try:
        raw = contents(path)
    except FileNotFoundError:
        return Record(), 0
    except OSError as error:
        raise DuzhanError(f"{OUTBOX} 读不出来：{reason(error)}") from None
    whole = raw.rfind(b"\n") + 1
    record, damaged = fold(raw[: whole - 1].split(b"\n") if whole else ())
    if damaged:
        message = f"{OUTBOX} 第{damaged[0]}行读不懂，不能确定哪些信已经发过，所以没有发信"
        raise DuzhanError(f"{message}；请从备份恢复这一行")
    return record, whole


class Outbox:
    """The record, held for sending; use it in a ``with`` statement.

    Args:
        root: the dataset's folder.
        time_zone: the campaign's, for the lines' times.
        timeout: how long to wait for another run, in seconds.
        on_wait: called once if the wait takes more than a second.
    """

    def __init__(
        self,
        root: Path,
        time_zone: str,
        *,
        timeout: float = 30.0,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        self.record = Record()
        self.newly_unknown: list[Sent] = []
        self._root = root
        self._zone = time_zone
        self._timeout = timeout
        self._lock = WaitingLock(root / LOCK, timeout, on_wait, _BUSY)
        self._handle = -1
        self._size = 0

    def __enter__(self) -> Self:
        """Wait for the lock, read the record, call unknown what a dead run left open.

        Raises:
            DuzhanError: another run stays too long, or the record cannot be read or written.
        """
        with self._explained():
            self._lock.acquire()
            try:
                self._open()
                self._settle()
            except BaseException:
                self._close()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        """Bring everything to the disk and let the next run in."""
        try:
            with self._explained():
                self._sync()
        finally:
            self._close()

    def planned(self, mails: Sequence[tuple[Name, str, Sequence[str], Sequence[str]]]) -> None:
        """Note what is about to be sent.

        Args:
            mails: name, Message-ID, recipients and issues of each.
        """
        lines = [
            self._line("planned", name, message_id, to, {"issues": list(issues)} if issues else {})
            for name, message_id, to, issues in mails
        ]
        self._write(lines)
        with self._explained():
            self._sync()

    def sending(self, name: Name, to: Sequence[str]) -> None:
        """Note, down to the disk, that the server is about to get the content.

        Raises:
            DuzhanError: it cannot be written, or the record is no longer where it was.
        """
        self._stay()
        self._note("sending", name, to, {})
        with self._explained():
            self._sync()

    def sent(self, name: Name, to: Sequence[str], answer: str) -> None:
        """Note that the server took it; without this line the mail is unknown, not sent anew."""
        self._note("sent", name, to, {"answer": answer})

    def failed(self, name: Name, to: Sequence[str], reason: str, *, lasting: bool) -> None:
        """Note that the server did not take it."""
        self._note("failed", name, to, {"reason": reason, "lasting": lasting})

    def unknown(self, name: Name, to: Sequence[str], reason: str) -> None:
        """Note that nobody knows whether the server took it."""
        self._note("unknown", name, to, {"reason": reason})

    def run(self, command: str, result: str, note: str, **counts: int | str) -> None:
        """Note how a run ended; every run leaves this line."""
        line: dict[str, Any] = {"event": "run", "time": now(self._zone), "command": command}
        line |= {"result": result, **counts} | ({"note": note} if note else {})
        self._write([line])

    # ------------------------------------------------------------ inside

    def _open(self) -> None:
        path = self._root / OUTBOX
        new = not path.exists()
        self._handle = open_plain(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        # Somebody may delete the lock's file while a run lasts, but not what it writes to.
        hold(self._handle, self._timeout, _BUSY)
        self.record, whole = _fold(path)
        if path.stat().st_size != whole:
            # Whoever wrote it died: what it was about to say did not happen, or is unknown.
            cut(path, whole)
        self._size = whole
        if new:
            sync_folder(self._root)

    def _settle(self) -> None:
        for mail in self.record.mails.values():
            if left := mail.at(Fate.SENDING):
                self.unknown(mail.name, left, DIED)
                self.newly_unknown.append(mail)

    def _note(self, event: Event, name: Name, to: Sequence[str], more: dict[str, Any]) -> None:
        mail = self.record.mails[name]
        self._write([self._line(event, name, mail.message_id, to, more)])

    def _line(
        self, event: Event, name: Name, message_id: str, to: Sequence[str], more: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "event": event,
            "time": now(self._zone),
            "mail": {key: getattr(name, key) for key in name.__slots__},
            "message_id": message_id,
            "to": list(to),
            **more,
        }

    def _write(self, lines: Sequence[dict[str, Any]]) -> None:
        """Add lines in one piece, and learn what they say."""
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        # What is no text in UTF-8 becomes the escape that JSON has for it.
        whole = text.encode(errors="backslashreplace")
        data = memoryview(whole)
        with self._explained():
            try:
                while data:
                    data = data[os.write(self._handle, data) :]
            except OSError:
                # Half a line would make the next one unreadable.
                os.ftruncate(self._handle, self._size)
                raise
        self._size += len(whole)
        for line in lines:
            self.record.take(line)

    def _stay(self) -> None:
        """See that others still find the record that this run writes to."""
        with self._explained():
            told, there = os.fstat(self._handle), (self._root / OUTBOX).stat()
        if (told.st_dev, told.st_ino) != (there.st_dev, there.st_ino):
            raise DuzhanError(f"{OUTBOX} 在运行中被移走或换掉了；没有记录就不发信")

    def _sync(self) -> None:
        if self._handle >= 0:
            os.fsync(self._handle)

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self._lock.release()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"“{self._root / OUTBOX}”写不进去：{explain(error)}；没有记录就不发信"
            raise DuzhanError(message) from None

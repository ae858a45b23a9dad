"""The carrier of mail: letters as messages for a server, or as .eml files of a rehearsal."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duzhan.deliver.channels.mail.message import Envelope, Party, compose
from duzhan.deliver.channels.mail.settings import FROM, Sender, sender_of, server_of
from duzhan.deliver.channels.mail.smtp import Conversation
from duzhan.deliver.delivery import Message
from duzhan.deliver.plans import DRAFT, WEEKLY_NAMES
from duzhan.deliver.run import Messages
from duzhan.store.outputs import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from duzhan.dataset.folder import Dataset
    from duzhan.deliver.attempts import Name, Record
    from duzhan.deliver.channels.mail.message import Letter
    from duzhan.deliver.channels.mail.settings import Server
    from duzhan.deliver.plans import Due, Plan
    from duzhan.model import Roster

# Stands in where a rehearsal is held before anybody said from whom mail comes.
_NOBODY = Sender("", "duzhan@localhost")


class ByMail:
    """Writes letters and sends them.

    Args:
        dataset: its roster has the addresses.
        letter: writes a mail's content.
        about: what a rehearsal's files are called by, such as 超期问题.
    """

    service = ""
    rehearsal = "邮件演练"

    def __init__(self, dataset: Dataset, letter: Callable[[Due], Letter], about: str) -> None:
        self._dataset = dataset
        self._letter = letter
        self._about = about
        self._sender = _NOBODY
        self._server: Server | None = None

    def ready(self) -> None:
        """Read server and sender.

        Raises:
            DuzhanError: one of them is not set, or cannot be used.
        """
        self._server, self._sender = server_of(), sender_of()

    def rehearsing(self) -> list[str]:
        """Read the sender, if there is one.

        Raises:
            DuzhanError: it is no address.
        """
        if not os.environ.get(FROM, "").strip():
            return [f"没有设置环境变量 {FROM}，演练的发件人写作 {_NOBODY.address}"]
        self._sender = sender_of()
        return []

    def write(self, plan: Plan, record: Record) -> Messages[bytes]:
        """Write the letters that are due."""
        now = dt.datetime.now(ZoneInfo(self._dataset.rules.time_zone)).replace(microsecond=0)
        return Messages(
            [self._message(due, record, now) for due in plan.due], self._channel, self._files
        )

    def _message(self, due: Due, record: Record, now: dt.datetime) -> Message[bytes]:
        known = record.mails.get(due.name)
        key = known.message_id if known else self._message_id(due.name)
        to, cc = _parties(due, self._dataset.roster)
        envelope = Envelope(self._sender, to, cc, key, now)
        return Message(due, key, compose(self._letter(due), envelope))

    def _message_id(self, name: Name) -> str:
        """An id that depends on the content, so that a mail program drops a copy."""
        parts = [self._dataset.rules.name, *(getattr(name, part) for part in name.__slots__)]
        digest = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:32]
        return f"<{digest}@{self._sender.domain}>"

    def _channel(self) -> Conversation:
        return Conversation(self._server or server_of(), self._sender.address)

    def _files(self, number: int, message: Message[bytes]) -> Iterator[tuple[str, bytes]]:
        due = message.due
        about = due.step.name if due.step else WEEKLY_NAMES.get(due.name.kind, self._about)
        yield file_name(f"{number:02} {due.group.county.name} {about}.eml"), message.content


def _parties(due: Due, roster: Roster) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Addresses with the names that mail programs show: groups, posts and offices."""
    group = due.group
    names = dict.fromkeys(group.recipients, group.name)
    names |= dict.fromkeys(group.liaison_recipients, f"{group.county.name}联络员")
    names |= dict.fromkeys(group.leader_recipients, f"{group.name}组长")
    names |= {office.email: office.name for office in roster.offices if office.email}
    to, cc = (
        tuple(Party(names.get(address, ""), address) for address in _unique(addresses))
        for addresses in (due.to, due.cc)
    )
    if not to:
        meant = f"{group.county.name}联络员" if due.name.kind == DRAFT else group.name
        to = (Party(f"{meant}（没有填收件人）", "nobody@localhost"),)
    return to, tuple(party for party in cc if party not in to)


def _unique(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(addresses))

"""What the outbox's lines say, folded into what is known of each mail and each recipient."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the kinds of messages begin with that robots speak in group chats.
NOTIFY = "notify"
# More than a robot may say in a minute, so that a run knows how long it has to wait.
_REMEMBERED = 30
Event = Literal["planned", "sending", "sent", "failed", "unknown", "run"]


class Fate(StrEnum):
    """What became of a mail for one recipient.

    `SENDING` in a record that nobody is writing means that the process died
    between sending and recording: nobody knows.
    """

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Name:
    """What makes a mail that mail: kind, county, day or week, content (SPEC section 7).

    Attributes:
        kind: overdue, weekly, or step:ID for an escalation step.
        county: code.
        period: ISO day or week; empty for steps, which are told once an issue.
        version: 1, and one more for each change of content within the period.
        digest: SHA-256 of the content, shortened.
    """

    kind: str
    county: str
    period: str
    version: int
    digest: str

    @property
    def service(self) -> str:
        """On which kind of channel it goes: notify for robots, empty for mail."""
        return NOTIFY if self.kind.startswith(f"{NOTIFY}-") else ""


@dataclass(slots=True)
class Sent:
    """A mail on the record.

    Attributes:
        name: which one.
        message_id: the header that it went out with.
        issues: for a step, the issues that it tells of.
        fates: recipient to what became of it.
        reasons: recipient to why it failed, or is unknown.
    """

    name: Name
    message_id: str
    issues: frozenset[str] = frozenset()
    fates: dict[str, Fate] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def at(self, *fates: Fate) -> tuple[str, ...]:
        """Recipients whom it met with one of these fates."""
        return tuple(address for address, fate in self.fates.items() if fate in fates)

    @property
    def delivered(self) -> bool:
        """Whether anybody has it, or may have it."""
        return bool(self.at(Fate.SENT, Fate.UNKNOWN, Fate.SENDING))


@dataclass(frozen=True, slots=True)
class RunLine:
    """How a run ended.

    Attributes:
        time: ISO 8601 with the zone.
        command: overdue or weekly-report.
        result: ok, failed (somebody was not reached) or error (nothing could be tried).
        note: why not ok.
    """

    time: str
    command: str
    result: str
    note: str = ""


@dataclass(slots=True)
class Record:
    """All that the outbox knows, in the order in which it happened.

    Attributes:
        mails: messages by name, whatever their channel.
        runs: how runs ended.
        spoken: when each robot was last asked to speak, by its name, latest last.
    """

    mails: dict[Name, Sent] = field(default_factory=dict)
    runs: list[RunLine] = field(default_factory=list)
    spoken: dict[str, list[str]] = field(default_factory=dict)
    _places: dict[tuple[str, str], list[Sent]] = field(default_factory=dict)

    def of(self, kind: str, county: str, period: str | None = None) -> list[Sent]:
        """The mails of a kind to a county, oldest first; of one period if it is given."""
        found = self._places.get((kind, county), [])
        return [mail for mail in found if period is None or mail.name.period == period]

    def take(self, line: dict[str, Any]) -> None:
        """Learn what a line says.

        Raises:
            KeyError, TypeError, ValueError: it says nothing that can be understood.
        """
        event: Event = line["event"]
        if event == "run":
            run = RunLine(line["time"], line["command"], line["result"], line.get("note", ""))
            _need_texts(run.time, run.command, run.result, run.note)
            dt.datetime.fromisoformat(run.time)
            self.runs.append(run)
            return
        name = Name(**line["mail"])
        _need_name(name)
        _need_texts(line["message_id"], line["time"], line.get("reason", ""))
        _need_texts(*_need_list(line["to"]), *_need_list(line.get("issues", [])))
        mail = self.mails.get(name)
        if mail is None:
            mail = Sent(name, line["message_id"], frozenset(line.get("issues", ())))
            self.mails[name] = mail
            self._places.setdefault((name.kind, name.county), []).append(mail)
        if event == "planned":
            return
        fate = Fate(event)
        heard = fate is Fate.SENDING and name.service == NOTIFY
        for address in line["to"]:
            if heard:
                self.spoken[address] = [*self.spoken.get(address, ())[-_REMEMBERED:], line["time"]]
            mail.fates[address] = fate
            mail.reasons.pop(address, None)
            if reason := line.get("reason"):
                mail.reasons[address] = reason


def _need_name(name: Name) -> None:
    version: object = name.version
    _need_texts(name.kind, name.county, name.period, name.digest)
    if not isinstance(version, int):
        raise TypeError(f"{version!r} is no number")


def _need_list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _need_texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("a value is no text")


def fold(lines: Iterable[bytes]) -> tuple[Record, list[int]]:
    """Read an outbox's lines; give what they say, and the numbers of damaged ones."""
    record, damaged = Record(), []
    for number, raw in enumerate(lines, 1):
        try:
            record.take(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            damaged.append(number)
    return record, damaged

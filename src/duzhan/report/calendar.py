"""Milestones, weekly duties and deadlines as a calendar file (RFC 5545) that phones subscribe to.

All of it is whole days, so no time zone has to be told. The same data gives the
same bytes; what an entry is called (UID) never changes, and each change of its day
or of its standing counts up (SEQUENCE), so that a calendar replaces the entry.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OCTETS = 75
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An entry of a calendar.

    Attributes:
        key: what it is, for good; the entry's UID is made of it.
        day: its day, the first one if it comes every week.
        summary, description: what it says.
        sequence: how often its day or its standing changed.
        settled: whether it is cancelled, because there is nothing more to do.
        weekly_until: the last day of a weekly entry; None for one that comes once.
        place: where; may be empty.
    """

    key: tuple[str, ...]
    day: dt.date
    summary: str
    description: str = ""
    sequence: int = 0
    settled: bool = False
    weekly_until: dt.date | None = None
    place: str = ""

    @property
    def uid(self) -> str:
        """What every version of this entry is called, and no other entry."""
        digest = hashlib.sha256("\0".join(self.key).encode()).hexdigest()[:32]
        return f"{digest}@duzhan"


def calendar(name: str, entries: Iterable[CalendarEntry], day: dt.date, version: str) -> bytes:
    """Write a calendar.

    Args:
        name: what programs show above it.
        entries: in any order.
        day: as of which day.
        version: of this program.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//duzhan//duzhan {version}//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for entry in sorted(entries, key=lambda one: (one.day, one.summary, one.uid)):
        lines += _event(entry, day)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(entry: CalendarEntry, day: dt.date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{day:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{'CANCELLED' if entry.settled else 'CONFIRMED'}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.day + _DAY:%Y%m%d}"
    if entry.weekly_until is not None:
        yield f"RRULE:FREQ=WEEKLY;UNTIL={entry.weekly_until:%Y%m%d}"
    # A deadline keeps nobody from other appointments.
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    yield "END:VEVENT"


def _text(text: str) -> str:
    """A value in which nothing ends the line or the value (RFC 5545, 3.3.11)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = ("".join(c if c.isprintable() else " " for c in line) for line in lines)
    escaped = (line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in plain)
    return "\\n".join(escaped)


def _folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, no character torn (RFC 5545, 3.1)."""
    pieces, piece = [], b""
    for character in line:
        coded = character.encode()
        if len(piece) + len(coded) > _OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += coded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"

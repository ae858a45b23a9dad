"""What is due: to whom, under which name, beside what went out before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.deliver.attempts import NOTIFY, Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.deliver.attempts import Record
    from duzhan.model import EscalationStep, Group, Office


OVERDUE = "overdue"


WEEKLY = "weekly"


NOTIFY_OVERDUE = f"{NOTIFY}-{OVERDUE}"


NOTIFY_WEEKLY = f"{NOTIFY}-{WEEKLY}"


# The whole prefecture's report, and the draft that a county signs.
WHOLE, DRAFT = "weekly-whole", "weekly-draft"


WEEKLY_NAMES = {
    WEEKLY: "周报",
    WHOLE: "全部的周报",
    DRAFT: "周小结代拟稿",
    NOTIFY_WEEKLY: "周报要点",
}


STEP = "step:"


# Without steps that look ahead, issues due within so many days are told of.
DAYS_AHEAD = 3


# Begins no hexadecimal digest: older lines of the record have only those.
BY_WORDS = "w:"


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is to go out.

    Attributes:
        name: which mail it is.
        group: the supervision group whose county it is about.
        to, cc: addresses of the headers, all of them.
        recipients: those who are still to be reached.
        lines: the issues that it lists.
        step: the escalation step that it is about; None for the group's list.
        issues: for a step, the keys of its issues.
        late_for: the period of an earlier mail of this kind that reached nobody.
    """

    name: Name
    group: Group
    to: tuple[str, ...]
    cc: tuple[str, ...]
    recipients: tuple[str, ...]
    lines: tuple[IssueLine, ...] = ()
    step: EscalationStep | None = None
    issues: tuple[str, ...] = ()
    late_for: str | None = None

    @property
    def update(self) -> bool:
        """Whether it takes the place of one that went out before for the same period."""
        return self.name.version > 1


@dataclass(slots=True)
class Plan:
    """What a run has to do, and what it has not, and why.

    Attributes:
        due: mails to send, in the roster's order.
        done: groups that have this content already.
        nothing: groups about whose county there is nothing to say.
        unaddressed: groups about whose county there is something, and nobody to tell.
        drafts: what these would get, for a rehearsal.
        untold: steps that somebody should hear of whose address is not in the roster.
        live: kind and county of each step, with the issues that stand at it now and those
            whom it tells.
    """

    due: list[Due] = field(default_factory=list)
    done: list[Group] = field(default_factory=list)
    nothing: list[Group] = field(default_factory=list)
    unaddressed: list[Group] = field(default_factory=list)
    drafts: list[Due] = field(default_factory=list)
    untold: list[tuple[Group, EscalationStep]] = field(default_factory=list)
    live: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)


def digest_of(content: object) -> str:
    """Shorten content (anything that JSON can write) to what tells it from other content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def offices_cc(offices: Iterable[Office]) -> tuple[str, ...]:
    """Both offices' addresses, as far as the roster has them 〔六(二)〕."""
    return tuple(office.email for office in offices if office.email)


@dataclass(frozen=True, slots=True)
class Basis:
    """What decides, besides the facts of the day.

    Attributes:
        record: what went out before.
        offices: the addresses in copy 〔六(二)〕.
        steps: the escalation, in the order of days.
        resend: whether mails of unknown fate are to go out again.
    """

    record: Record
    offices: tuple[str, ...] = ()
    steps: tuple[EscalationStep, ...] = ()
    resend: bool = False

"""What mail is due: decided by facts, rules, roster and record alone, not by the day of the week.

Lists of overdue issues go to the group day by day, while there is anything
overdue. An escalation step tells each address of each issue once; whoever gets
the group's list anyway learns of the step from that list, and gets no second
mail about the same issues 〔六(三)〕.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from duzhan.compliance.escalation import by_step
from duzhan.deliver.attempts import NOTIFY, Fate, Name
from duzhan.intake.text import squash
from duzhan.model import Group

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.listing import IssueLine
    from duzhan.deliver.attempts import Record, Sent
    from duzhan.model import EscalationStep, Office, Roster

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
_STEP = "step:"
# Begins no hexadecimal digest: older lines of the record have only those.
_WORDS = "w:"


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


def plan_overdue(
    lines: Sequence[IssueLine], groups: Iterable[Group], day: dt.date, basis: Basis
) -> Plan:
    """Decide which lists and reminders are due.

    Args:
        lines: overdue issues and those due soon, by county, longest first, as of the day.
        groups: the groups asked for.
        day: as of which day.
        basis: what else decides.
    """
    plan = Plan()
    by_county = {
        county: tuple(ours) for county, ours in groupby(lines, key=lambda line: line.county)
    }
    for group in groups:
        ours = by_county.get(group.county.name, ())
        if not any((line.days_overdue or 0) > 0 for line in ours):
            plan.nothing.append(group)
            _add_steps(plan, basis, group, ours)
            continue
        name = Name(OVERDUE, group.county.code, day.isoformat(), 1, digest_of(_shown(ours)))
        if not group.recipients:
            plan.unaddressed.append(group)
            plan.drafts.append(Due(name, group, (), basis.offices, (), ours))
        else:
            _add(plan, basis, Due(name, group, group.recipients, basis.offices, (), ours))
        _add_steps(plan, basis, group, ours)
    return plan


def whole_group(roster: Roster, name: str) -> Group:
    """Those who read of the whole prefecture, as a group that supervises nobody.

    Args:
        roster: the groups and the offices.
        name: what the offices are called together.
    """
    leaders = [address for group in roster.groups for address in group.leader_recipients]
    readers = tuple(dict.fromkeys((*offices_cc(roster.offices), *leaders)))
    return Group("whole", name, roster.prefecture, (), "", (), recipients=readers)


def plan_weekly(
    reports: Iterable[tuple[Group, str]],
    week: str,
    basis: Basis,
    whole: tuple[Group, str] | None = None,
) -> Plan:
    """Decide to whom a week's reports are due.

    The prefecture's goes to the offices and to all groups' leaders, a county's to its
    group; the county's own draft to its liaison alone (SPEC section 7).

    Args:
        reports: each group with what tells its report's content from another
            (see `digest_of`); whatever changes of itself must not be in it.
        week: such as 2021-W25.
        basis: what else decides.
        whole: likewise, for the prefecture's report (see `whole_group`); None for none.
    """
    plan = Plan()
    if whole is not None and whole[0].recipients:
        group, digest = whole
        name = Name(WHOLE, group.county.code, week, 1, digest)
        _add(plan, basis, Due(name, group, group.recipients, (), ()))
    for group, digest in reports:
        if group.liaison_recipients:
            name = Name(DRAFT, group.county.code, week, 1, digest)
            _add(plan, basis, Due(name, group, group.liaison_recipients, (), ()))
        name = Name(WEEKLY, group.county.code, week, 1, digest)
        if not group.recipients:
            plan.unaddressed.append(group)
            plan.drafts.append(Due(name, group, (), basis.offices, ()))
            continue
        _add(plan, basis, Due(name, group, group.recipients, basis.offices, ()))
    return plan


def plan_notices(
    told: Iterable[tuple[Group, Sequence[IssueLine], str]], kind: str, period: str, basis: Basis
) -> Plan:
    """Decide which robots have something to say.

    Args:
        told: each group whose robots would speak, with the issues that they speak of, and
            what tells this content from another.
        kind: `NOTIFY_OVERDUE` or `NOTIFY_WEEKLY`.
        period: the day or week.
        basis: what else decides; nobody is in copy.
    """
    plan = Plan()
    for group, lines, digest in told:
        name = Name(kind, group.county.code, period, 1, digest)
        robots = tuple(dict.fromkeys(robot.id for robot in group.robots))
        _add(plan, basis, Due(name, group, robots, (), (), tuple(lines)))
    return plan


# ---------------------------------------------------------------- lists and reports


def _add(plan: Plan, basis: Basis, whole: Due) -> None:
    """Add a mail for those who do not have its content as the latest of its period."""
    earlier = basis.record.of(whole.name.kind, whole.name.county, whole.name.period)
    addresses = tuple(dict.fromkeys((*whole.to, *whole.cc)))
    wanting = tuple(
        address
        for address in addresses
        if _wants(address, earlier, whole.name.digest, resend=basis.resend)
    )
    if not wanting:
        if not any(mail.at(Fate.UNKNOWN) for mail in earlier):
            plan.done.append(whole.group)
        return
    plan.due.append(
        Due(
            _versioned(whole.name, earlier),
            whole.group,
            whole.to,
            whole.cc,
            wanting,
            whole.lines,
            late_for=_late_for(basis.record, whole.name),
        )
    )


def _wants(address: str, earlier: Sequence[Sent], digest: str, *, resend: bool) -> bool:
    """Whether an address lacks this content, or has another that came later."""
    had = [mail for mail in earlier if mail.fates.get(address) in {Fate.SENT, Fate.UNKNOWN}]
    if not had:
        return True
    last = max(had, key=lambda mail: mail.name.version)
    if last.name.digest != digest:
        return True
    return resend and last.fates[address] is Fate.UNKNOWN


def _versioned(name: Name, earlier: Sequence[Sent]) -> Name:
    """Count the contents that went out for the period before this one."""
    delivered = [mail.name for mail in earlier if mail.delivered]
    if not delivered:
        return name
    last = max(delivered, key=lambda one: one.version)
    if last.digest == name.digest:
        return last
    return Name(name.kind, name.county, name.period, last.version + 1, name.digest)


def _late_for(record: Record, name: Name) -> str | None:
    """The period of the latest earlier mail of this kind, if it reached nobody."""
    earlier = [m for m in record.of(name.kind, name.county) if m.name.period < name.period]
    if not earlier:
        return None
    period = max(mail.name.period for mail in earlier)
    if any(mail.delivered for mail in earlier if mail.name.period == period):
        return None
    return period


def _shown(lines: Iterable[IssueLine]) -> list[list[object]]:
    """What a list shows of its issues."""
    return [[getattr(line, field) for field in line.__slots__] for line in lines]


# ---------------------------------------------------------------- escalation


def _add_steps(plan: Plan, basis: Basis, group: Group, lines: Sequence[IssueLine]) -> None:
    """Add the steps' mails for one county: every address hears of every issue once."""
    reached = by_step(lines, basis.steps)
    for step in basis.steps:
        ours = reached.get(step.id, ())
        if not ours:
            continue
        to, cc, lacking = step_addresses(step, group, basis.offices)
        if lacking:
            plan.untold.append((group, step))
        keys = issue_keys(group.county.code, ours)
        kind = f"{_STEP}{step.id}"
        known = frozenset(form for key in keys for form in key)
        plan.live[kind, group.county.code] = known, frozenset((*to, *cc))
        for issues, addresses in _untold(kind, group, keys, (*to, *cc), basis).items():
            chosen = tuple(line for line, key in zip(ours, keys, strict=True) if key in issues)
            told = tuple(dict.fromkeys(form for key in issues for form in key))
            name = Name(kind, group.county.code, "", 1, digest_of([key.words for key in issues]))
            plan.due.append(Due(name, group, to, cc, tuple(addresses), chosen, step, told))


def _untold(
    kind: str, group: Group, keys: Sequence[IssueKey], addresses: Iterable[str], basis: Basis
) -> dict[tuple[IssueKey, ...], list[str]]:
    """Issues that somebody has not heard of at this step, with those who have not."""
    known = {Fate.SENT} if basis.resend else {Fate.SENT, Fate.UNKNOWN}
    earlier = basis.record.of(kind, group.county.code)
    wanted: dict[tuple[IssueKey, ...], list[str]] = {}
    for address in dict.fromkeys(addresses):
        told = {form for mail in earlier if mail.fates.get(address) in known for form in _of(mail)}
        if lacking := tuple(sorted(key for key in set(keys) if not told.intersection(key))):
            wanted.setdefault(lacking, []).append(address)
    return wanted


def _of(mail: Sent) -> Iterable[str]:
    """What a mail told of: by number and words, or, if it is an old one, by number alone."""
    words = [key for key in mail.issues if key.startswith(_WORDS)]
    return words or mail.issues


def step_addresses(
    step: EscalationStep, group: Group, offices: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """To whom a step's own mail goes, who is in copy, and whether somebody's address is lacking.

    The group's list tells of overdue issues to the group and to the offices in
    copy; a mail of its own goes to those whom that list does not reach.
    """
    people = {"liaison": group.liaison_recipients, "leaders": group.leader_recipients}
    to = tuple(address for audience in step.to for address in people.get(audience, ()))
    listed = step.from_days > 0 and bool(group.recipients)
    if not listed and "group" in step.to:
        to += group.recipients
    cc = offices if "offices" in step.to else ()
    lacking = any(audience in people and not people[audience] for audience in step.to)
    if not to:
        return ((), (), lacking) if listed else (cc, (), lacking)
    return to, cc, lacking


class IssueKey(NamedTuple):
    """What tells an issue from the others, day after day, whatever else is said of it.

    Attributes:
        words: by 编号, words and place: a number given to another issue later is another issue.
        number: by 编号 alone, as older lines of the record have it.
    """

    words: str
    number: str


def issue_keys(county: str, lines: Sequence[IssueLine]) -> list[IssueKey]:
    """Give each issue's keys; without 编号 the day on which it was found belongs to them."""
    names = [squash(line.id or "") for line in lines]
    keys = []
    for name, line in zip(names, lines, strict=True):
        said = [squash(line.description), squash(line.location)]
        found = [str(line.found_on)]
        whole = [county, name, *said, *(() if name else found)]
        alone = name and names.count(name) == 1
        old = [county, name] if alone else [county, name, *said, *found]
        keys.append(IssueKey(f"{_WORDS}{digest_of(whole)[:16]}", digest_of(old)[:16]))
    return keys

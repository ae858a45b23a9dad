"""What mail is due: decided by facts, rules, roster and record alone, not by the day of the week.

Lists of overdue issues go to the group day by day, while there is anything
overdue. An escalation step tells each address of each issue once; whoever gets
the group's list anyway learns of the step from that list, and gets no second
mail about the same issues 〔六(三)〕.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from duzhan.deliver.attempts import Fate, Name
from duzhan.deliver.escalation_steps import add_steps
from duzhan.deliver.plans import (
    DRAFT,
    OVERDUE,
    WEEKLY,
    WHOLE,
    Basis,
    Due,
    Plan,
    digest_of,
    offices_cc,
)
from duzhan.model import Group

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.deliver.attempts import Record, Sent
    from duzhan.model import Roster


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
            add_steps(plan, basis, group, ours)
            continue
        name = Name(OVERDUE, group.county.code, day.isoformat(), 1, digest_of(_shown(ours)))
        if not group.recipients:
            plan.unaddressed.append(group)
            plan.drafts.append(Due(name, group, (), basis.offices, (), ours))
        else:
            _add(plan, basis, Due(name, group, group.recipients, basis.offices, (), ours))
        add_steps(plan, basis, group, ours)
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
    if whole is not None:
        group, digest = whole
        name = Name(WHOLE, group.county.code, week, 1, digest)
        _add_or_draft(plan, basis, Due(name, group, group.recipients, (), ()))
    for group, digest in reports:
        name = Name(DRAFT, group.county.code, week, 1, digest)
        _add_or_draft(plan, basis, Due(name, group, group.liaison_recipients, (), ()))
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


def _add_or_draft(plan: Plan, basis: Basis, whole: Due) -> None:
    """Add a mail that nobody need get; without addresses only a rehearsal shows it."""
    if whole.to:
        _add(plan, basis, whole)
    else:
        plan.drafts.append(whole)


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

"""Who is told of an issue by the steps of escalation, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from duzhan.compliance.escalation import by_step
from duzhan.deliver.attempts import Fate, Name
from duzhan.deliver.plans import (
    BY_WORDS,
    STEP,
    Basis,
    Due,
    Plan,
    digest_of,
)
from duzhan.intake.text import squash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duzhan.compliance.issue_list import IssueLine
    from duzhan.deliver.attempts import Sent
    from duzhan.model import EscalationStep, Group


def add_steps(plan: Plan, basis: Basis, group: Group, lines: Sequence[IssueLine]) -> None:
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
        kind = f"{STEP}{step.id}"
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
    words = [key for key in mail.issues if key.startswith(BY_WORDS)]
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
        keys.append(IssueKey(f"{BY_WORDS}{digest_of(whole)[:16]}", digest_of(old)[:16]))
    return keys

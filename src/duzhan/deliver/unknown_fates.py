"""Mails of which nobody knows whether they arrived, until somebody decides or a later one does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from duzhan.deliver.attempts import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from duzhan.deliver.attempts import Record, Sent


# Kind and county of a step, with the issues that stand at it and those whom it tells.
Live: TypeAlias = "Mapping[tuple[str, str], tuple[frozenset[str], frozenset[str]]]"
_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


class Question(NamedTuple):
    """A mail of unknown fate that somebody has to decide about, and for whom."""

    mail: Sent
    addresses: tuple[str, ...]


def open_questions(
    record: Record, period: str, newly: Iterable[Sent], live: Live
) -> list[Question]:
    """Mails of unknown fate that this run has to speak of: those that it would send if asked.

    Args:
        record: what went out before.
        period: the day or week of this run; lists of earlier ones are out of date.
        newly: mails that this run found to be unknown, of whatever period.
        live: the escalation steps at which issues stand now, see `Plan.live`.
    """
    found = {mail.name: Question(mail, mail.at(Fate.UNKNOWN)) for mail in newly}
    for mail, addresses in in_doubt(record):
        if mail.issues:
            issues, told = live.get((mail.name.kind, mail.name.county), _NOTHING)
            left = tuple(one for one in addresses if one in told) if mail.issues & issues else ()
        else:
            left = addresses if mail.name.period == period else ()
        found.setdefault(mail.name, Question(mail, left))
    return [question for question in found.values() if question.addresses]


def in_doubt(record: Record) -> list[Question]:
    """All mails of unknown fate, but for those that a later one has taken the place of."""
    questions = [
        Question(
            mail,
            tuple(
                address
                for address in mail.at(Fate.UNKNOWN, Fate.SENDING)
                if not _replaced(record, mail, address)
            ),
        )
        for mail in record.mails.values()
    ]
    return [question for question in questions if question.addresses]


def _replaced(record: Record, mail: Sent, address: str) -> bool:
    """Whether an address has all that a mail would have told it, or something newer."""
    name = mail.name
    had = [m for m in record.of(name.kind, name.county) if m.fates.get(address) is Fate.SENT]
    if mail.issues:
        return mail.issues <= {issue for other in had for issue in other.issues}
    return any((m.name.period, m.name.version) > (name.period, name.version) for m in had)

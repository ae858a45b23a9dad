"""How the tables of a dataset are found in files: their headers, aliases and date columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan import columns as col
from duzhan.intake.headers import HeaderFinder
from duzhan.intake.layout import Layout
from duzhan.intake.states import StateHeadings, StateWords
from duzhan.intake.text import header_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duzhan.model import County, Roster, Rules

# A list without any 整改期限 may mean the deadline by these as well as the claim.
AMBIGUOUS = ("完成时间", "完成日期", "整改完成时间")
# What a line above the header never says of every row: who signs the list, what happened.
_UNSAID = frozenset((col.SERIAL, col.ID, col.DESCRIPTION, col.REMARK, *col.EVENT_COLUMNS))
# What each row of a scoring workbook says for itself.
_OF_AN_ITEM = (
    col.ITEM_ID, col.ITEM, col.FULL, col.POINTS, col.DEDUCTION, col.WHY, col.UNIT, col.REMARK,
)  # fmt: skip


def issue_layout(
    rules: Rules,
    told: Mapping[str, Sequence[str]] | None = None,
    county: County | None = None,
) -> Layout:
    """How to find an issue list in a file: its headers, words and date columns.

    Args:
        rules: aliases and words of the campaign.
        told: column to headings that somebody said to mean it, for one call (`--column`).
        county: whose list it is; its own headings (`groups[].county.header_aliases`)
            are told as well.
    """
    own = dict(county.header_aliases) if county else {}
    told = {
        name: (*own.get(name, ()), *(told or {}).get(name, ())) for name in {**own, **(told or {})}
    }
    names = (col.SERIAL, col.COUNTY, *col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS)
    aliases = {name: rules.header_aliases.get(name, ()) for name in names}
    said = rules.vocabularies
    words = StateWords(said.done_words, said.not_done_words, said.yes_words)
    headings = (*aliases[col.PROGRESS], *told.get(col.PROGRESS, ()))
    states = StateHeadings(col.PROGRESS, headings, words, said.strike_headings)
    return Layout(
        HeaderFinder(aliases, col.DESCRIPTION, told, states),
        col.SERIAL,
        col.ID,
        col.DATE_COLUMNS,
        len(col.ISSUE_COLUMNS),
        events=col.EVENT_COLUMNS,
        deadline=col.DUE,
        words=words,
        states=states,
        phrase=col.DESCRIPTION,
        keeps_others=True,
        ambiguous=frozenset(map(header_key, AMBIGUOUS)),
        ledger=col.ISSUE_COLUMNS,
        unsaid=_UNSAID,
    )


def record_layout(file: str, rules: Rules, roster: Roster) -> Layout:
    """How to find the table of a record file."""
    columns = col.record_columns(file, roster.offices, analysis=rules.wants_analysis)
    aliases = {name: rules.header_aliases.get(name, ()) for name in columns}
    dates = tuple(name for name in columns if name.endswith("日期") or name in col.OTHER_DATES)
    return Layout(HeaderFinder(aliases, columns[0]), None, None, dates, len(columns))


def score_sheet_layout(rules: Rules, told: Mapping[str, Sequence[str]] | None = None) -> Layout:
    """How to find the items in an office's own scoring workbook (`record score --items`).

    Lines above its header may say of which county, day and assessor it is.

    Args:
        rules: aliases of the campaign.
        told: column to headings that somebody said to mean it (`--column`).
    """
    aliases = {name: rules.header_aliases.get(name, ()) for name in col.SCORE_SHEET}
    return Layout(
        HeaderFinder(aliases, col.ITEM, told),
        col.SERIAL,
        col.ITEM_ID,
        (col.DAY,),
        len(col.SCORE_SHEET),
        keeps_others=True,
        unsaid=frozenset((col.SERIAL, *_OF_AN_ITEM)),
    )


def records_asked(rules: Rules) -> frozenset[str]:
    """The record files that a campaign must have: those of what it asks for."""
    asked = {
        col.SCORES: rules.scored,
        col.DELIVERABLES: bool(rules.tasks),
        col.SUPERVISION: rules.duty("supervision") is not None,
        col.COUNTY_REPORTS: rules.reports,
    }
    return frozenset(name for name, needed in asked.items() if needed)

"""A campaign opened from Python: what the commands answer, as DataFrames."""

from __future__ import annotations

import datetime as dt
import warnings
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from duzhan.campaign.changing import refuse_at_rest, workplace
from duzhan.campaign.chosen_week import LAST, chosen_week
from duzhan.campaign.evidence import listing
from duzhan.campaign.importing import Wanted, import_lists
from duzhan.campaign.opening import day_asked, open_dataset, outside_period
from duzhan.campaign.problems import problems_in_turn
from duzhan.campaign.standing import Campaign
from duzhan.compliance.filters import Filters
from duzhan.dataset.names import resolve_county
from duzhan.errors import UsageError
from duzhan.frames import paces, tables
from duzhan.frames.columns import FrameColumn, Labels, One, frame
from duzhan.frames.evidence import EVIDENCE
from duzhan.frames.opened_week import OpenedWeek
from duzhan.register.typed_values import checked_text
from duzhan.report.pages.imported import import_json
from duzhan.report.words import STATES
from duzhan.store.cache import without_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from duzhan.campaign.changing import Workplace
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.week_report import ReportedWeek

# How long to wait for another writer, in seconds.
_LOCK_TIMEOUT = 30.0

# What an issue's state may be called.
_STATES = {"超期": "overdue", **{word: state.value for state, word in STATES.items()}}


def open_campaign(
    folder: str | Path | None,
    as_of: str | dt.date | None,
    county: str | None,
    labels: Labels,
    *,
    cache: bool,
) -> OpenedCampaign:
    """Open a dataset as of a day; see `duzhan.open`."""
    _known(labels)
    with nullcontext() if cache else without_cache():
        dataset = open_dataset(None if folder is None else Path(folder), keep=cache)
    chosen = None if county is None else resolve_county(county, dataset.roster)
    day = day_asked(as_of, dataset.rules, "as_of")
    if as_of is None and (line := outside_period(dataset.rules, "as_of")):
        warnings.warn(line, stacklevel=3)
    return OpenedCampaign(Campaign(dataset, day, chosen, only_counts=True), labels)


class OpenedCampaign:
    """A dataset opened as of a day; every method gives what the command of that name answers.

    Columns are typed: dates are ``datetime64[s]``, words categories in their own order,
    yes and no ``boolean``, whole numbers ``Int64``; each of them may be empty. A fraction
    is there as numerator and denominator, and as a float to plot. Every frame says in its
    ``attrs`` as of which day it is, and that the data are synthetic, if they are.

    Each method takes ``labels="zh"`` for Chinese names of columns, lights, states and
    verdicts, ``labels="en"`` for English ones; by default as the dataset was opened.

    Attributes:
        campaign: what the frames are made from.
    """

    def __init__(self, campaign: Campaign, labels: Labels = "en") -> None:
        self.campaign = campaign
        self._labels = labels

    @property
    def as_of(self) -> dt.date:
        """The day that everything is judged as of."""
        return self.campaign.day

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties that were asked for, in the roster's order."""
        return tuple(status.county.name for status in self.campaign.overview.counties)

    def __repr__(self) -> str:
        return (
            f"<{self.campaign.dataset.rules.name}，{self.campaign.dataset.root}，截至 {self.as_of}>"
        )

    def status(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """Where each county stands: light, counts, rate, score, and what it still needs.

        One row a county, in the roster's order.
        """
        return self._frame(tables.STATUS, tables.status_rows(self.campaign.overview), labels)

    def requirements(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """Every requirement of every milestone, with its verdict and its sentence.

        One row a county, milestone and requirement.
        """
        rows = tables.requirement_rows(self.campaign.overview)
        return self._frame(tables.REQUIREMENTS, rows, labels)

    def issues(
        self,
        *,
        state: str | None = None,
        action: str | None = None,
        source: str | None = None,
        unit: str | None = None,
        text: str | None = None,
        labels: Labels | None = None,
    ) -> pd.DataFrame:
        """The issues that exist on the day, those that a filter names.

        One row an issue, by county, in the order of the lists; the lists' own columns
        stand last, under their own headings.

        Args:
            state: open, claimed, closed or overdue, or 未整改, 待核验, 已销号 or 超期.
            action: 专项行动, the whole word.
            source: 问题来源, the whole word.
            unit: part of 责任单位.
            text: part of 编号, 问题描述, 地点 or 备注.
            labels: ``en`` or ``zh``.
        """
        filters = Filters(
            state=_known_state(state), action=action, source=source, unit=unit, text=text
        )
        return self._issues(list(self.campaign.issues(filters)), labels)

    def overdue(
        self, due_within: int | None = None, *, labels: Labels | None = None
    ) -> pd.DataFrame:
        """Overdue issues, by county, the longest overdue first.

        Args:
            due_within: also those due within so many days; their `days_overdue` is 0 or negative.
            labels: ``en`` or ``zh``.
        """
        return self._issues(list(self.campaign.overdue(due_within)), labels)

    def flow(self, week: str = LAST, *, labels: Labels | None = None) -> pd.DataFrame:
        """What came and went in a week: opening + new − closed + sent_back = closing.

        One row a county; empty where it has no data.

        Args:
            week: ``2021-W25``, a day of the week, or ``last``: the latest complete one on
                the day.
            labels: ``en`` or ``zh``.
        """
        chosen = self._week(week)
        return self._frame(paces.FLOW, self.campaign.flow(chosen), labels, chosen.as_of)

    def duties(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """The weekly duties: who supervised how often, which report came when.

        One row a county and week, from the first week with duties to that of the day.
        """
        rows = [
            paces.DutyRow(county, week)
            for county, weeks in self.campaign.duties().items()
            for week in weeks
        ]
        return self._frame(paces.DUTIES, rows, labels)

    def forecast(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """The pace of the last 14 days against the pace that the current milestone asks for.

        One row a county; `pace` and `reached_on` are empty for 数据不足.
        """
        return self._frame(paces.FORECAST, self.campaign.forecasts(), labels)

    def points(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """Points by item of each county's latest assessment that is known item by item.

        One row a county and item, most lost first; empty where no items are known. `fewest`
        says which items are the fewest that reach the current milestone's line.
        """
        return self._frame(tables.POINTS, tables.point_rows(self.campaign.points), labels)

    def evidence(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """The photographs and papers on file, in the order of the register.

        One row a file; `id` is empty where it belongs to no issue yet, `taken_at` where the
        picture does not say when it was taken. The files themselves are compared with their
        digests by `duzhan evidence --verify` alone.
        """
        return self._frame(EVIDENCE, listing(self.campaign), labels)

    def problems(self, *, labels: Labels | None = None) -> pd.DataFrame:
        """Everything wrong with the dataset: one row a cell, row or file at fault."""
        return self._frame(tables.PROBLEMS, list(problems_in_turn(self.campaign)), labels)

    def trend(
        self,
        days: int | str | dt.date | Iterable[dt.date | str] | None = None,
        *,
        labels: Labels | None = None,
    ) -> pd.DataFrame:
        """Light, counts and rate day by day, each as of its day.

        One row a county and day.

        Args:
            days: the last so many days up to `as_of`, or this day, or these; None for every
                day from the campaign's first.
            labels: ``en`` or ``zh``.
        """
        asked = self.campaign.judged(self._days(days))
        return self._frame(tables.TREND, list(tables.day_rows(list(asked.values()))), labels)

    def week(self, week: str = LAST) -> OpenedWeek:
        """The weekly report, of the county if one was asked for.

        Args:
            week: ``2021-W25``, a day of the week, or ``last``: the latest complete one on
                the day.
        """
        return OpenedWeek(self.campaign, self.campaign.week(self._week(week)))

    def import_(
        self,
        files: str | Path | Iterable[str | Path],
        *,
        dry_run: bool = False,
        county: str | None = None,
        columns: Mapping[str, Sequence[str]] | None = None,
        accept_moved_dates: bool = False,
        by: str | None = None,
        verified_by: str | None = None,
        rejects_to: str | Path | None = None,
        labels: Labels | None = None,
    ) -> pd.DataFrame:
        """Take lists in, as `duzhan import` does: what became of every row.

        One row a file, sheet and county; `attrs["not_lists"]` has the files that are none.
        What was opened is read anew afterwards.

        Args:
            files: the list or the lists, as the counties sent them.
            dry_run: answer the same and write nothing.
            county: whose lists they are, if the files do not say so.
            columns: canonical column to the headings that mean it in these files.
            accept_moved_dates: take later dates; `by` has to be given.
            by: who imports.
            verified_by: who vouches for closures that nobody signed.
            rejects_to: where lists that go back are written; the dataset's 退回 by default.
            labels: ``en`` or ``zh``.

        Raises:
            DuzhanError: a ledger cannot be rewritten, or something cannot be written.
        """
        place = workplace(self.campaign.dataset.root, _LOCK_TIMEOUT, lambda: None, warnings.warn)
        refuse_at_rest(place.dataset)
        ours = self.campaign.county.name if self.campaign.county else None
        wanted = Wanted(
            county=place.county(county or ours),
            columns=columns or {},
            accept_moved_dates=accept_moved_dates,
            by=_name(by, "by", place),
            verified_by=_name(verified_by, "verified_by", place),
            rejects_to=None if rejects_to is None else Path(rejects_to),
            dry_run=dry_run,
        )
        named = [files] if isinstance(files, (str, Path)) else files
        done = import_lists(place, [Path(file) for file in named], wanted)
        told = import_json(done.accounts, done.not_taken, done.returned, done.pictures)
        if not dry_run:
            self.campaign = replace(self.campaign)
        made = self._frame(tables.IMPORT_, told["files"], labels)
        made.attrs["not_lists"] = told["not_lists"]
        return made

    def _week(self, named: str) -> ReportedWeek:
        rules = self.campaign.dataset.rules
        asked = None if self.as_of == day_asked(None, rules) else self.as_of
        return chosen_week(named, rules, "week", asked)

    def _days(self, days: int | str | dt.date | Iterable[dt.date | str] | None) -> list[dt.date]:
        rules = self.campaign.dataset.rules
        if days is None:
            days = (self.as_of - rules.start).days + 1
        if isinstance(days, (str, dt.date)):
            days = [days]
        if isinstance(days, int):
            return [self.as_of - dt.timedelta(days=back) for back in range(days - 1, -1, -1)]
        return [day_asked(day, rules, "days") for day in days]

    def _issues(self, lines: Sequence[IssueLine], labels: Labels | None) -> pd.DataFrame:
        return self._frame(tables.issue_columns(lines), lines, labels)

    def _frame(
        self,
        columns: Sequence[FrameColumn[One]],
        rows: Sequence[One],
        labels: Labels | None,
        day: dt.date | None = None,
    ) -> pd.DataFrame:
        counties = [county.name for county in self.campaign.dataset.roster.counties]
        chosen = _known(self._labels if labels is None else labels)
        made = frame(columns, rows, chosen, {"county": counties})
        made.attrs["as_of"] = (day or self.as_of).isoformat()
        if self.campaign.sample:
            made.attrs["notice"] = self.campaign.sample
        return made


def _name(text: str | None, parameter: str, place: Workplace) -> str | None:
    return None if text is None else checked_text(text, parameter, place.terms, required=True)


def _known_state(state: str | None) -> str | None:
    if state is None or state in _STATES.values():
        return state
    if state not in _STATES:
        raise UsageError(f"state 的“{state}”应为 {'、'.join([*_STATES.values(), *_STATES])}")
    return _STATES[state]


def _known(labels: Labels) -> Labels:
    if labels not in ("en", "zh"):
        raise UsageError(f"labels 的“{labels}”应为 en 或 zh")
    return labels

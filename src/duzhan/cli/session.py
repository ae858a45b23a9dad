"""The one way through: find the dataset, load facts, say on stderr what must be known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from duzhan.cli.options import data_folder
from duzhan.clock import today
from duzhan.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from duzhan.compliance.results import Overview
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Records, Rules


@dataclass(frozen=True, slots=True)
class Session:
    """A dataset opened for one command.

    Attributes:
        dataset: roster and rules.
        day: as of which day.
        county: the county that was asked for, None for all.
    """

    dataset: Dataset
    day: dt.date
    county: County | None

    def ledger(self) -> Ledger:
        """Read the issue lists of the counties asked for."""
        from duzhan.dataset.ledger import load_ledger

        only = None if self.county is None else {self.county.code}
        return load_ledger(self.dataset.root, self.dataset.roster, self.dataset.rules, only)

    def ledger_with_notes(self, *, quiet: bool = False) -> Ledger:
        """Read the issue lists; report on stderr what could not be read.

        Args:
            quiet: name only files that were not read at all.
        """
        ledger = self.ledger()
        if quiet:
            _report_refused(ledger)
        else:
            _report_faults(ledger)
        return ledger

    def judged(self) -> tuple[Overview, Ledger]:
        """Judge the counties asked for; report on stderr what could not be read."""
        judged = self.judged_on([self.day])
        return judged.overviews[self.day], judged.ledger

    def judged_on(self, days: Iterable[dt.date], *, quiet: bool = False) -> Judged:
        """Judge the counties asked for as of several days; report what could not be read.

        Args:
            days: as of which days.
            quiet: name only files that were not read at all.
        """
        from duzhan.compliance.county import overviews
        from duzhan.dataset.ledger import missing_lists
        from duzhan.dataset.records import load_records

        dataset = self.dataset
        ledger = self.ledger()
        records, problems = load_records(dataset.root, dataset.roster, dataset.rules)
        faults = sum(problem.severity == "error" for problem in problems)
        if quiet:
            _report_refused(ledger)
        else:
            _report_faults(ledger, faults)
        missing = missing_lists(ledger)
        results = overviews(ledger.facts, missing, records, dataset.rules, ledger.counties, days)
        if self.county is not None:
            results = {day: self._ours(result) for day, result in results.items()}
        return Judged(results, ledger, records)

    def _ours(self, result: Overview) -> Overview:
        ours = tuple(status for status in result.counties if status.county == self.county)
        return replace(result, counties=ours)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a command shows, from one reading of the dataset.

    Attributes:
        overviews: the judgement as of each day asked for.
        ledger: the issues.
        records: scores, deliverables, supervisions, reports.
    """

    overviews: dict[dt.date, Overview]
    ledger: Ledger
    records: Records


def open_session(
    ctx: click.Context,
    data: str | None,
    as_of: str | None = None,
    county: str | None = None,
    *,
    quiet: bool = False,
) -> Session:
    """Open the dataset that the command line names.

    Args:
        ctx: the command's context.
        data: --data, if it was given.
        as_of: --as-of, if it was given.
        county: --county, if it was given.
        quiet: say nothing of a day that lies outside the campaign.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
        UsageError: unknown county or date.
    """
    from duzhan.dataset.folder import open_dataset
    from duzhan.dataset.names import resolve_county

    dataset = open_dataset(data_folder(ctx, data))
    chosen = None if county is None else resolve_county(county, dataset.roster)
    return Session(dataset, _day(as_of, dataset.rules, quiet=quiet), chosen)


def _day(as_of: str | None, rules: Rules, *, quiet: bool) -> dt.date:
    from duzhan.intake.dates import Calendar, read_date

    if as_of is not None:
        day = read_date(as_of, Calendar(rules.start, rules.end))
        if day is None:
            raise UsageError(f"--as-of 的“{as_of}”不是日期，应写成 2021-06-25")
        return day
    now = today(rules.time_zone)
    nearest = min(max(now, rules.start), rules.end)
    if nearest != now and not quiet:
        period = f"{rules.start} 至 {rules.end}"
        note(f"今天 {now} 不在行动期（{period}）内，按 {nearest} 计算；要看别的日子请用 --as-of")
    return nearest


def _report_faults(ledger: Ledger, others: int = 0) -> None:
    """Files that were not read at all are named one by one; faulty cells are counted."""
    from duzhan.dataset.problems import count_faults

    faults = count_faults(ledger) + others
    _report_refused(ledger)
    if faults:
        note(f"数据中有 {faults} 处错误（均按不利于达标的一面处理），逐条列出请用 duzhan check")


def _report_refused(ledger: Ledger) -> None:
    for problem in ledger.problems:
        if problem.severity == "error":
            note(str(problem))


def note(line: str) -> None:
    """Say something that is no result."""
    click.echo(line, err=True)

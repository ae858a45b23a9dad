"""The one way through: find the dataset, load facts, say on stderr what must be known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from duzhan.cli.options import data_folder
from duzhan.clock import today
from duzhan.engines import IN_MEMORY, Engine
from duzhan.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from duzhan.campaign.lists import Lists
    from duzhan.compliance.results import Overview
    from duzhan.dataset.folder import Dataset
    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County, Problem, Records, Rules


@dataclass(frozen=True, slots=True)
class Session:
    """A dataset opened for one command.

    Attributes:
        dataset: roster and rules.
        day: as of which day.
        county: the county that was asked for, None for all.
        engine: what counts the issues.
    """

    dataset: Dataset
    day: dt.date
    county: County | None
    engine: Engine = IN_MEMORY

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
        from duzhan.dataset.problems import count_faults

        ledger = self.ledger()
        if quiet:
            _report_refused(ledger.problems)
        else:
            _report(ledger.problems, count_faults(ledger))
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
        from duzhan.compliance.county import days_needed, judge_counties
        from duzhan.dataset.records import load_records

        asked, dataset = list(days), self.dataset
        lists = self._lists()
        records, problems = load_records(dataset.root, dataset.roster, dataset.rules)
        faults = sum(problem.severity == "error" for problem in problems)
        _report(lists.problems, 0 if quiet else lists.faults + faults)
        counties = dataset.roster.counties
        counted = lists.count(self.engine, days_needed(dataset.rules, asked))
        results = judge_counties(counted, lists.missing, records, dataset.rules, counties, asked)
        if self.county is not None:
            results = {day: self._ours(result) for day, result in results.items()}
        return Judged(results, records, lists.load)

    def _lists(self) -> Lists:
        """The issue lists: in files that are read whole, or at rest for engines."""
        from duzhan.campaign.lists import lists_at_rest, lists_in_files

        if self.dataset.rules.ledger_parquet is None:
            return lists_in_files(self.ledger())
        return lists_at_rest(self.dataset, self.county, self.ledger)

    def _ours(self, result: Overview) -> Overview:
        ours = tuple(status for status in result.counties if status.county == self.county)
        return replace(result, counties=ours)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a command shows, from one reading of the dataset.

    Attributes:
        overviews: the judgement as of each day asked for.
        records: scores, deliverables, supervisions, reports.
        load: gives the ledger.
    """

    overviews: dict[dt.date, Overview]
    records: Records
    load: Callable[[], Ledger]

    @property
    def ledger(self) -> Ledger:
        """The issues one by one; a ledger at rest is read only now."""
        return self.load()


def open_session(
    ctx: click.Context,
    data: str | None,
    as_of: str | None = None,
    county: str | None = None,
    *,
    quiet: bool = False,
    engine: Engine = IN_MEMORY,
) -> Session:
    """Open the dataset that the command line names.

    Args:
        ctx: the command's context.
        data: --data, if it was given.
        as_of: --as-of, if it was given.
        county: --county, if it was given.
        quiet: say nothing of a day that lies outside the campaign.
        engine: what counts the issues.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
        UsageError: unknown county or date.
    """
    from duzhan.dataset.folder import open_dataset
    from duzhan.dataset.names import resolve_county

    dataset = open_dataset(data_folder(ctx, data))
    chosen = None if county is None else resolve_county(county, dataset.roster)
    return Session(dataset, _day(as_of, dataset.rules, quiet=quiet), chosen, engine)


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


def _report(problems: Sequence[Problem], faults: int) -> None:
    """Files that were not read at all are named one by one; faulty cells are counted."""
    _report_refused(problems)
    if faults:
        note(f"数据中有 {faults} 处错误（均按不利于达标的一面处理），逐条列出请用 duzhan check")


def _report_refused(problems: Sequence[Problem]) -> None:
    for problem in problems:
        if problem.severity == "error":
            note(str(problem))


def note(line: str) -> None:
    """Say something that is no result."""
    click.echo(line, err=True)

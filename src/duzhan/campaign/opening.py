"""Finds a dataset and opens it: where its ledger rests, and which day is meant."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.clock import today
from duzhan.dataset.folder import Dataset, read_configuration, sample_line
from duzhan.dataset.kept_configuration import kept_configuration
from duzhan.dataset.locate import find_root
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from duzhan.dataset.ledger import Ledger
    from duzhan.model import Problem, Roster, Rules


def open_dataset(named: Path | None, *, keep: bool = False) -> Dataset:
    """Find the dataset and read its roster and rules, or take what was read the last time.

    Args:
        named: its folder; None to look for it.
        keep: whether to put aside in it what is read and counted, for the next look.

    Raises:
        DuzhanError: there is no dataset, or its configuration is at fault; one line a fault.
    """
    dataset, problems = read_dataset(find_root(named), kept=True, keep=keep)
    if dataset is None:
        raise DuzhanError(*(str(problem) for problem in problems if problem.severity == "error"))
    return dataset


def read_dataset(
    root: Path, *, kept: bool = False, keep: bool = False
) -> tuple[Dataset | None, list[Problem]]:
    """Read roster and rules, and all that is wrong with them; no dataset if they are at fault.

    Args:
        root: the dataset's folder.
        kept: whether what was read the last time will do, where nothing has changed.
        keep: whether to put aside in it what is read and counted, for the next look.

    Raises:
        DuzhanError: a ledger at rest cannot be read.
    """
    cache = None
    if kept:
        (roster, rules, problems), cache = kept_configuration(root, read_configuration, keep=keep)
    else:
        roster, rules, problems = read_configuration(root)
    if roster is None or rules is None:
        return None, problems
    sample = sample_line(root)
    if sample is None and rules.ledger_parquet is not None:
        from duzhan.parquet.manifest import open_at_rest

        sample = open_at_rest(root, roster, rules).sample
    return Dataset(root, roster, rules, sample, cache), problems


def read_ledger(
    root: Path, roster: Roster, rules: Rules, only: Collection[str] | None = None
) -> Ledger:
    """Read the issues, from the lists or from where they rest.

    Args:
        root: the dataset's folder.
        roster: whose counties they are.
        rules: headers, words and calendar; name the ledger at rest, if there is one.
        only: codes of the counties to read; None for all.

    Raises:
        DuzhanError: a ledger at rest cannot be read.
    """
    if rules.ledger_parquet is not None:
        from duzhan.dataset.registers import load_registers
        from duzhan.parquet.manifest import open_at_rest
        from duzhan.parquet.reading import load_rested

        at_rest = open_at_rest(root, roster, rules)
        registers = load_registers(root, roster, rules, only)
        return load_rested(at_rest, roster.counties, rules, registers, only)
    from duzhan.dataset.ledger import load_ledger

    return load_ledger(root, roster, rules, only)


def day_asked(as_of: str | dt.date | None, rules: Rules, option: str = "--as-of") -> dt.date:
    """The day that is meant: the one named, else the nearest to today within the campaign.

    Args:
        as_of: a day as people write it, or a date; None for today in the dataset's time zone.
        rules: the campaign's calendar.
        option: what a wrong one is called in the message.

    Raises:
        UsageError: it is no date.
    """
    if as_of is None:
        return min(max(today(rules.time_zone), rules.start), rules.end)
    from duzhan.intake.dateforms import Calendar, read_date

    day = read_date(as_of, Calendar(rules.start, rules.end)) if isinstance(as_of, str) else as_of
    if isinstance(day, dt.datetime):  # pandas' Timestamp too: a day has no hour
        day = day.date()
    if not isinstance(day, dt.date):
        raise UsageError(f"{option} 的“{as_of}”不是日期，应写成 2021-06-25 的样子")
    return day


def outside_period(rules: Rules, option: str = "--as-of") -> str | None:
    """Say that today lies outside the campaign, and what day stands in; None if it does not."""
    now, nearest = today(rules.time_zone), day_asked(None, rules)
    if now == nearest:
        return None
    period = f"{rules.start} 至 {rules.end}"
    return f"今天 {now} 不在行动期（{period}）内，按 {nearest} 计算；要看别的日子请用 {option}"

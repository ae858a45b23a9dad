"""What commands share: the campaign that the command line names, and what stderr must say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli.options import Option, Run, as_of_option, county_option, data_folder, declare
from duzhan.cli.speech import say
from duzhan.engines import IN_MEMORY, Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

    from duzhan.campaign.standing import Campaign


def open_session(
    ctx: click.Context,
    data: str | None,
    as_of: str | None = None,
    county: str | None = None,
    *,
    quiet: bool = False,
    engine: Engine = IN_MEMORY,
    only_counts: bool = False,
) -> Campaign:
    """Open the dataset that the command line names.

    Args:
        ctx: the command's context.
        data: --data, if it was given.
        as_of: --as-of, if it was given.
        county: --county, if it was given.
        quiet: say nothing of a day that lies outside the campaign.
        engine: what counts the issues.
        only_counts: whether the command looks at no issue by itself.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
        UsageError: unknown county or date.
    """
    from duzhan.campaign.opening import day_asked, open_dataset, outside_period
    from duzhan.campaign.standing import Campaign
    from duzhan.dataset.names import resolve_county

    dataset = open_dataset(data_folder(ctx, data), keep=only_counts)
    chosen = None if county is None else resolve_county(county, dataset.roster)
    day = day_asked(as_of, dataset.rules)
    if as_of is None and not quiet and (line := outside_period(dataset.rules)):
        note(line)
    return Campaign(dataset, day, chosen, engine, only_counts)


def asks(
    name: str, *options: Option[Run], only_counts: bool = False
) -> Callable[[Run], click.Command]:
    """Declare a command that asks a campaign: --county, --as-of, then its own options.

    Args:
        name: the command's name.
        options: its own.
        only_counts: whether the command looks at no issue by itself.

    Returns:
        What makes the command of a function, which gets the campaign and its own options.
    """

    def wrap(function: Run) -> click.Command:
        def command(
            ctx: click.Context,
            data: str | None,
            county: str | None,
            as_of: str | None,
            **own: object,
        ) -> int:
            session = open_session(ctx, data, as_of, county, only_counts=only_counts)
            return function(session, **own)

        command.__doc__ = function.__doc__
        return declare(name, county_option, as_of_option, *options)(command)

    return wrap


def say_faults(campaign: Campaign, faults: int) -> None:
    """Say on stderr which lists were not read at all, and count the faulty cells of the others.

    Args:
        campaign: whose lists.
        faults: how many there are; 0 to name only the lists that were not read.
    """
    for line in campaign.refused:
        note(line)
    if faults:
        note(f"数据中有{faults}处错误（均按不利于达标的一面处理），逐条列出请用 duzhan check")


def note(line: str) -> None:
    """Say something that is no result."""
    say(line, err=True)

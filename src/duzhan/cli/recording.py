"""What the kinds of `duzhan record` share: options, and the one more row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.options import Option, Run, declare, required_county_option
from duzhan.cli.session import note
from duzhan.cli.speech import say
from duzhan.cli.writing import by_option, lock_timeout_option, open_workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duzhan.campaign.changing import Workplace

remark_option = click.option("--remark", default="", metavar="文字", help="备注。")
again_option = click.option("--again", is_flag=True, help="已有同样的一条，也再记一次。")


def append(
    place: Workplace, file: str, row: Mapping[str, str], *, again: bool, by: str | None
) -> int:
    """Add a row to a record file, and say so.

    Args:
        place: the dataset to write in.
        file: the record file's name.
        row: column to text.
        again: whether a row that is there already is added once more.
        by: who records it, if they say so.

    Raises:
        DuzhanError: the row is there already, or the file cannot be written.
        UsageError: the name is none.
    """
    from duzhan.intake.text import shorten
    from duzhan.register.record_files import RecordFile
    from duzhan.register.typed_values import checked_text

    who = None if by is None else checked_text(by, "--by", place.terms, required=True)
    with place.hold() as store:
        number = RecordFile(store, place.dataset, file, place.terms).stage(row, again=again, by=who)
        store.commit(command="record")
    cells = "，".join(f"{column} {shorten(text)}" for column, text in row.items() if text)
    say(f"{file} 加了第{number}条记录：{cells}")
    if place.dataset.sample:
        note(place.dataset.sample)
    return 0


def of_a_county(
    name: str, *options: Option[Run]
) -> Callable[[Callable[..., tuple[str, dict[str, str]]]], click.Command]:
    """Declare a kind of record: --county, its own options, then those that each kind has.

    Args:
        name: of the kind.
        options: its own.

    Returns:
        What makes the command of a function, which gets the dataset to write in, the county
        and its own options, and gives the file and the row.
    """

    def wrap(function: Callable[..., tuple[str, dict[str, str]]]) -> click.Command:
        def record(
            ctx: click.Context,
            data: str | None,
            county: str,
            remark: str,
            by: str | None,
            *,
            again: bool,
            lock_timeout: float,
            **own: object,
        ) -> int:
            place = open_workplace(ctx, data, lock_timeout)
            file, row = function(place, place.required_county(county), **own)
            return append(place, file, place.with_remark(row, remark), again=again, by=by)

        record.__doc__ = function.__doc__
        shared = (remark_option, by_option, again_option, lock_timeout_option)
        return declare(name, required_county_option, *options, *shared)(record)

    return wrap

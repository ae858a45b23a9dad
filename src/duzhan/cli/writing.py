"""What the commands that write have in common: options, the lock, the lines they print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli.options import (
    Option,
    Run,
    complete_issue,
    county_option,
    data_folder,
    declare,
    waiting_option,
)
from duzhan.cli.session import note
from duzhan.cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duzhan.campaign.changing import Workplace
    from duzhan.register.changes import Outcome
    from duzhan.store.entries import Change

WAITING = "另一个 duzhan 正在写入，等待中…"

lock_timeout_option = waiting_option("正在写入")
by_option = click.option("--by", metavar="姓名", help="经办人，记入 journal.jsonl。")
id_argument = click.argument(
    "identifiers", metavar="编号…", nargs=-1, required=True, shell_complete=complete_issue
)


def open_workplace(
    ctx: click.Context, data: str | None, lock_timeout: float, *, keep: bool = False
) -> Workplace:
    """Open the dataset that the command line names, to write in it.

    Args:
        ctx: the command's.
        data: the dataset's folder, if it was named behind the command.
        lock_timeout: how long to wait for another writer, in seconds.
        keep: whether to put aside in it what the next look can use.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
    """
    from duzhan.campaign.changing import workplace

    folder = data_folder(ctx, data)
    return workplace(folder, lock_timeout, lambda: note(WAITING), note, keep=keep)


def changes(name: str, *options: Option[Run]) -> Callable[[Run], click.Command]:
    """Declare a command that changes issues: their 编号, its own options, --county and the lock's.

    Args:
        name: the command's name.
        options: its own.

    Returns:
        What makes the command of a function, which gets the dataset to write in, the 编号, the
        county asked for and its own options.
    """

    def wrap(function: Run) -> click.Command:
        def command(
            ctx: click.Context,
            data: str | None,
            identifiers: tuple[str, ...],
            county: str | None,
            lock_timeout: float,
            **own: object,
        ) -> int:
            place = open_workplace(ctx, data, lock_timeout)
            return function(place, identifiers, place.county(county), **own)

        command.__doc__ = function.__doc__
        return declare(name, id_argument, *options, county_option, lock_timeout_option)(command)

    return wrap


def tell(place: Workplace, outcomes: Sequence[Outcome]) -> None:
    """Print one line for each change that was made."""
    for outcome in outcomes:
        say(_described(outcome))
        if outcome.contradicted:
            note(
                f"{outcome.edit.issue.name}的“整改情况”仍写着没有整改完，check 会报状态矛盾；"
                "请县里改正，或用 duzhan amend 改“整改情况”"
            )
    if place.dataset.sample:
        note(place.dataset.sample)


def _described(outcome: Outcome) -> str:
    from duzhan.report.words import STATES

    cells = "，".join(changed(change) for change in outcome.edit.changes)
    before, after = (
        "已撤销" if gone else STATES[state] if state else "尚未发现"
        for gone, state in zip(outcome.withdrawn, (outcome.before, outcome.after), strict=True)
    )
    states = f"{before} → {after}" if before != after else f"仍为{after}"
    return f"{outcome.edit.issue.name}：{cells}（截至{outcome.day}：{states}）"


def changed(change: Change) -> str:
    """A changed cell in words, such as 核验人 空 → 张三."""
    from duzhan.intake.text import shorten

    old, new = (shorten(text) if text else "空" for text in (change.old, change.new))
    return f"{change.column} {old} → {new}"

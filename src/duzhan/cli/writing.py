"""What the commands that write have in common: options, the lock, the lines they print."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from duzhan.cli.options import complete_issue, data_folder
from duzhan.cli.session import note
from duzhan.clock import today
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from duzhan.dataset.facts import Facts
    from duzhan.dataset.folder import Dataset
    from duzhan.model import County, State
    from duzhan.register.changes import Outcome
    from duzhan.register.issue_rows import IssueRow, IssueRows
    from duzhan.register.typed import Terms
    from duzhan.store.entries import Change
    from duzhan.store.transaction import Store

WAITING = "另一个 duzhan 正在写入，等待中…"

lock_timeout_option = click.option(
    "--lock-timeout",
    type=click.FloatRange(min=0),
    default=30.0,
    metavar="秒",
    help="另一个 duzhan 正在写入时最多等多久，默认 30 秒。",
)
by_option = click.option("--by", metavar="姓名", help="经办人，记入 journal.jsonl。")
id_argument = click.argument(
    "identifiers", metavar="编号…", nargs=-1, required=True, shell_complete=complete_issue
)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A dataset about to be written.

    Attributes:
        dataset: its roster and rules.
        terms: what changes are judged by.
        lock_timeout: how long to wait for another writer, in seconds.
    """

    dataset: Dataset
    terms: Terms
    lock_timeout: float

    def county(self, named: str | None) -> County | None:
        """The county that an option names; None if it was not given."""
        return None if named is None else self.required_county(named)

    def required_county(self, named: str) -> County:
        """The county that an option names."""
        from duzhan.dataset.names import resolve_county

        return resolve_county(named, self.dataset.roster)

    def with_remark(self, row: dict[str, str], remark: str) -> dict[str, str]:
        """A record's cells, with what --remark says."""
        from duzhan.columns import REMARK
        from duzhan.register.typed import checked_text

        return {**row, REMARK: checked_text(remark, "--remark", self.terms)}

    @contextmanager
    def hold(self, *, dry_run: bool = False) -> Iterator[Store]:
        """Hold the dataset; tell whoever waits why.

        Args:
            dry_run: hold nothing; the store can read and stage, but nothing may be committed.
        """
        from duzhan.store.transaction import Store

        zone = self.dataset.rules.time_zone
        store = Store(
            self.dataset.root,
            timeout=self.lock_timeout,
            on_wait=lambda: note(WAITING),
            time_zone=zone,
        )
        if dry_run:
            yield store
        else:
            with store:
                yield store


def open_workplace(ctx: click.Context, data: str | None, lock_timeout: float) -> Workplace:
    """Open the dataset that the command line names.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
    """
    from duzhan.dataset.folder import open_dataset
    from duzhan.dataset.ledger import reading_of
    from duzhan.register.typed import Terms

    dataset = open_dataset(data_folder(ctx, data))
    rules = dataset.rules
    terms = Terms(rules, reading_of(rules), today(rules.time_zone), _state)
    return Workplace(dataset, terms, lock_timeout)


def refuse_at_rest(dataset: Dataset) -> None:
    """Refuse to change issues that rest as Parquet: they are registered elsewhere.

    Raises:
        DuzhanError: the dataset's rules name a ledger at rest.
    """
    from duzhan.dataset.config.rules import LEDGER_KEY
    from duzhan.dataset.locate import RULES

    if dataset.rules.ledger_parquet is not None:
        raise DuzhanError(
            f"这个数据集的台账在 Parquet 里（{RULES} 的 {LEDGER_KEY}），只能看不能改；"
            "请在登记台账的数据集里改，再 duzhan export --parquet"
        )


def _state(facts: Facts, day: dt.date) -> State | None:
    """Where the only row of some facts stands, by the one arithmetic there is."""
    from duzhan.compliance.states import CLAIMED, CLOSED, OPEN, row_states
    from duzhan.model import State

    states = {OPEN: State.OPEN, CLAIMED: State.CLAIMED, CLOSED: State.CLOSED}
    return states.get(int(row_states(facts, day.toordinal())[0]))


def change_issues(
    place: Workplace,
    command: str,
    identifiers: Sequence[str],
    county: County | None,
    change: Callable[[IssueRow, IssueRows], Outcome],
) -> None:
    """Change issues all together or not at all, and print one line for each.

    Args:
        place: the dataset.
        command: the command's name, for the journal.
        identifiers: 编号 of the issues.
        county: look only here.
        change: gives an issue's change, or raises.

    Raises:
        DuzhanError: some of them cannot be changed; one line for each.
    """
    from duzhan.register.issue_rows import IssueRows
    from duzhan.register.typed import refuse_no_text

    refuse_at_rest(place.dataset)
    for identifier in identifiers:
        refuse_no_text(identifier, "编号")
    with place.hold() as store:
        rows = IssueRows(store, place.dataset, county)
        outcomes: list[Outcome] = []
        lines: list[str] = []
        for issue in rows.find(identifiers):
            try:
                outcomes.append(change(issue, rows))
            except UsageError:
                raise
            except DuzhanError as error:
                lines.extend(error.lines)
        if lines:
            raise DuzhanError(*lines)
        rows.stage([outcome.edit for outcome in outcomes])
        store.commit(command=command)
    for outcome in outcomes:
        click.echo(_described(outcome))
    if place.dataset.sample:
        note(place.dataset.sample)


def _described(outcome: Outcome) -> str:
    from duzhan.report.words import STATES

    cells = "，".join(changed(change) for change in outcome.edit.changes)
    before, after = (
        STATES[state] if state else "尚未发现" for state in (outcome.before, outcome.after)
    )
    states = f"{before} → {after}" if before != after else f"仍为{after}"
    return f"{outcome.edit.issue.name}：{cells}（截至{outcome.day}：{states}）"


def changed(change: Change) -> str:
    """A changed cell in words, such as 核验人 空 → 张三."""
    from duzhan.intake.text import shorten

    old, new = (shorten(text) if text else "空" for text in (change.old, change.new))
    return f"{change.column} {old} → {new}"

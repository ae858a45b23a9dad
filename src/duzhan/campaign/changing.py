"""A dataset about to be written: what changes are judged by, the lock, changes of issues."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duzhan.clock import today
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from duzhan.dataset.facts import Facts
    from duzhan.dataset.folder import Dataset
    from duzhan.model import County, State
    from duzhan.register.changes import Outcome
    from duzhan.register.extensions import Grant
    from duzhan.register.issue_rows import Edit, IssueRow, IssueRows
    from duzhan.register.typed_values import Terms
    from duzhan.store.transaction import Store


@dataclass(frozen=True, slots=True)
class Workplace:
    """A dataset about to be written.

    Attributes:
        dataset: its roster and rules.
        terms: what changes are judged by.
        lock_timeout: how long to wait for another writer, in seconds.
        on_wait: called once if there is another writer.
        on_conflict: hears what somebody else saved at the moment of writing.
    """

    dataset: Dataset
    terms: Terms
    lock_timeout: float
    on_wait: Callable[[], None]
    on_conflict: Callable[[str], None]

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
        from duzhan.register.typed_values import checked_text

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
            on_wait=self.on_wait,
            on_conflict=self.on_conflict,
            time_zone=zone,
        )
        if dry_run:
            yield store
        else:
            with store:
                yield store


def workplace(
    named: Path | None,
    lock_timeout: float,
    on_wait: Callable[[], None],
    on_conflict: Callable[[str], None],
    *,
    keep: bool = False,
) -> Workplace:
    """Open a dataset to be written.

    Args:
        named: its folder; None to look for it.
        lock_timeout: how long to wait for another writer, in seconds.
        on_wait: called once if there is another writer.
        on_conflict: hears what somebody else saved at the moment of writing.
        keep: whether to put aside in the dataset what the next look can use.

    Raises:
        DuzhanError: no dataset, or a broken configuration.
    """
    from duzhan.campaign.opening import open_dataset
    from duzhan.dataset.ledger import reading_of
    from duzhan.register.typed_values import Terms

    dataset = open_dataset(named, keep=keep)
    rules = dataset.rules
    terms = Terms(rules, reading_of(rules), today(rules.time_zone), _state)
    return Workplace(dataset, terms, lock_timeout, on_wait, on_conflict)


def refuse_at_rest(dataset: Dataset) -> None:
    """Refuse to change issues that rest as Parquet: they are registered elsewhere.

    Raises:
        DuzhanError: the dataset's rules name a ledger at rest.
    """
    from duzhan.dataset.config.builtin import LEDGER_KEY
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
) -> list[Outcome]:
    """Change issues all together or not at all.

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
    from duzhan.register.typed_values import refuse_no_text

    refuse_at_rest(place.dataset)
    for identifier in identifiers:
        refuse_no_text(identifier, "编号")
    with place.hold() as store:
        rows = IssueRows(store, place.dataset, county, identifiers)
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
        for outcome in outcomes:
            _renumber_registers(place, store, outcome.edit)
        store.commit(command=command)
    return outcomes


def _renumber_registers(place: Workplace, store: Store, edit: Edit) -> None:
    """Let the extensions, rechecks and evidence of an issue go with it to another 编号.

    Raises:
        DuzhanError: a register speaks of the new 编号 already, or cannot be taken over.
    """
    from duzhan.columns import EVIDENCE, EXTENSIONS, ID, RECHECKS
    from duzhan.intake.text import squash
    from duzhan.register.record_files import RecordFile

    old, new = edit.issue.id, edit.cells.get(ID, "")
    if not new or squash(new) == squash(old):
        return
    county = edit.issue.county.name
    for name in (EXTENSIONS, RECHECKS, EVIDENCE):
        register = RecordFile(store, place.dataset, name, place.terms)
        if register.rows_about(county, new):
            raise DuzhanError(
                f"{name} 里已有编号为“{new}”的记录，改过去就成了这一件的；请换一个编号"
            )
        register.renumber(county, old, new, (edit.by or "", edit.reason or ""))


def withdraw_issues(
    place: Workplace,
    identifiers: Sequence[str],
    county: County | None,
    reasons: tuple[str, str],
    *,
    same_as: str | None = None,
    again: bool = False,
) -> list[Outcome]:
    """Let issues count no more, all together or not at all; or let them count again.

    Args:
        place: the dataset.
        identifiers: 编号 of the issues.
        county: look only here.
        reasons: by whom, and why.
        same_as: 编号 of the issue that they are in truth, which gets their event dates
            and for which their evidence speaks as well.
        again: let withdrawn issues count again.

    Returns:
        What became of each, and of the issue that got their dates.

    Raises:
        DuzhanError: some of them cannot be changed; one line for each.
    """
    from duzhan.register.evidence import EvidenceFiles
    from duzhan.register.issue_rows import IssueRows
    from duzhan.register.withdrawing import (
        Withdrawal,
        changed,
        kept,
        undo,
        with_events_of,
        withdraw,
    )

    refuse_at_rest(place.dataset)
    with place.hold() as store:
        named = identifiers if same_as is None else (*identifiers, same_as)
        rows = IssueRows(store, place.dataset, county, named)
        other = rows.find([same_as])[0] if same_as is not None else None
        wanted = Withdrawal(*reasons, other)
        outcomes: list[Outcome] = []
        edits: list[Edit] = []
        lines: list[str] = []
        for issue in rows.find(identifiers):
            try:
                outcome = (undo if again else withdraw)(issue, wanted, place.terms)
            except DuzhanError as error:
                lines.extend(error.lines)
                continue
            outcomes.append(outcome)
            if other is not None:
                edit = with_events_of(other, issue, wanted, place.terms)
                edits.append(edit)
                other = changed(other, edit)
        if lines:
            raise DuzhanError(*lines)
        stands = kept(edits, place.terms)
        rows.stage([*(one.edit for one in outcomes), *(edit for edit in edits if edit.changes)])
        if other is not None:
            evidence = EvidenceFiles(store, place.dataset, place.terms)
            evidence.speak_also([one.edit.issue for one in outcomes], other, reasons)
        store.commit(command="withdraw")
    return [*outcomes, *stands]


def extend_deadlines(
    place: Workplace, identifiers: Sequence[str], county: County | None, grant: Grant
) -> list[dict[str, str]]:
    """Enter approved extensions in the register, all together or not at all.

    Args:
        place: the dataset.
        identifiers: 编号 of the issues.
        county: look only here.
        grant: what was approved.

    Returns:
        The rows of extensions.csv.

    Raises:
        DuzhanError: some would not count; one line for each.
    """
    from duzhan.columns import EXTENSIONS
    from duzhan.register.extensions import extend
    from duzhan.register.issue_rows import IssueRows
    from duzhan.register.record_files import RecordFile

    refuse_at_rest(place.dataset)
    dataset = place.dataset
    with place.hold() as store:
        issues = IssueRows(store, dataset, county, identifiers).find(identifiers)
        new: list[dict[str, str]] = []
        lines: list[str] = []
        for issue in issues:
            try:
                new.append(extend(issue, grant, place.terms))
            except DuzhanError as error:
                lines.extend(error.lines)
        if lines:
            raise DuzhanError(*lines)
        RecordFile(store, dataset, EXTENSIONS, place.terms).stage_all(new, by=grant.by)
        store.commit(command="extend")
    return new


def recheckable(place: Workplace, county: County, row: dict[str, str]) -> None:
    """Make sure that a recheck will count, and write its 编号 as the ledger does.

    Args:
        place: the dataset.
        county: whose issue.
        row: of rechecks.csv; its 编号 is written anew.

    Raises:
        DuzhanError: there is no such issue, or nothing had been claimed or struck off by then.
    """
    from duzhan.columns import CLAIMED, CLOSED, ID
    from duzhan.register.changes import refuse_withdrawn
    from duzhan.register.issue_rows import IssueRows

    with place.hold() as store:
        (issue,) = IssueRows(store, place.dataset, county, [row[ID]]).find([row[ID]])
    refuse_withdrawn(issue)
    row[ID] = issue.id
    dates = place.terms.reading.dates
    done = [day for name in (CLAIMED, CLOSED) for day in dates.read_several(issue.cells[name])[0]]
    day = dt.date.fromisoformat(row["日期"])
    if not any(one <= day.toordinal() for one in done):
        raise DuzhanError(f"{issue.name} 到 {day} 没有报过完成，也没有销号，没有可复核的")

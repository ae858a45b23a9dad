"""`duzhan overdue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import mailing, output
from duzhan.cli.mailing import Mailing, mail_options
from duzhan.cli.options import as_of_option, county_option, declare, json_option
from duzhan.cli.session import Session, note, open_session
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.dataset.ledger import Ledger
    from duzhan.deliver.attempts import Record
    from duzhan.deliver.channels.mail.message import Letter
    from duzhan.deliver.jobs import Due, Plan
    from duzhan.deliver.letters import Desk


@declare(
    "overdue",
    county_option,
    as_of_option,
    click.option(
        "--due-within",
        type=click.IntRange(min=0),
        metavar="天数",
        help="连同这几天内到期的一并列出。",
    ),
    json_option,
    output.csv_option,
    output.xlsx_option,
    mail_options,
    click.option(
        "--copy-template",
        is_flag=True,
        help="不列问题，把邮件的模板复制到数据集的 templates/，供办公室修改。",
    ),
)
def command(
    ctx: click.Context,
    data: str | None,
    county: str | None,
    as_of: str | None,
    due_within: int | None,
    *,
    as_json: bool,
    csv: Path | None,
    xlsx: Path | None,
    asked: Mailing,
    copy_template: bool,
) -> int:
    """超期问题：未整改且已过整改期限，按县（市）分组，最久的在前。--email 发给各督战组。"""
    from duzhan.compliance.listing import overdue
    from duzhan.report.pages.issues import overdue_page

    with mailing.on_record(ctx, data, "overdue", asked):
        session = open_session(ctx, data, as_of, county, quiet=asked.quiet)
    if copy_template:
        _copy_templates(session)
        return 0
    if asked.email:
        if csv or xlsx:
            raise UsageError("--email 不能和 --csv、--xlsx 一起用；清单会附在邮件里")
        return _mail(session, asked, due_within, as_json=as_json)
    files = output.Files(csv, xlsx)
    files.check(session.dataset.root)
    lines = overdue(session.ledger_with_notes(), session.day, due_within)
    sample = session.dataset.sample
    output.deliver(
        lines,
        session.day,
        sample,
        files=files,
        page=None if as_json else overdue_page(lines, session.day, due_within, sample),
    )
    return 0


def _copy_templates(session: Session) -> None:
    from duzhan.deliver.letters import HTML, TEXT
    from duzhan.report.templates import environment

    for name in (TEXT, HTML):
        note(f"已复制到 {environment.copy(name, session.dataset.root)}，改好后发信就用它")


# Without steps that look ahead, the list warns of issues due within so many days.
_DAYS_AHEAD = 3


def _mail(session: Session, asked: Mailing, due_within: int | None, *, as_json: bool) -> int:
    from duzhan.deliver.run import Job

    lists = _Lists(session, due_within, quiet=asked.quiet)
    job = Job("overdue", session.day.isoformat(), lists.plan, lists.letter)
    return mailing.run(job, session.dataset, asked, lists.missing, as_json=as_json)


class _Lists:
    """The groups' lists; the ledger is read when a run that holds the outbox asks for them."""

    def __init__(self, session: Session, due_within: int | None, *, quiet: bool) -> None:
        self._session = session
        self._due_within = due_within
        self._quiet = quiet
        self._ledger: Ledger | None = None
        self._desk: Desk | None = None

    def plan(self, record: Record, resend: bool) -> Plan:
        """Decide what is due."""
        from duzhan.compliance.escalation import days_ahead
        from duzhan.compliance.listing import overdue
        from duzhan.deliver.jobs import Basis, offices_cc, plan_overdue

        session, dataset = self._session, self._session.dataset
        steps = dataset.rules.escalation
        ahead = self._due_within
        if ahead is None:
            ahead = days_ahead(steps) or _DAYS_AHEAD
        self._ledger = session.ledger_with_notes(quiet=self._quiet)
        lines = overdue(self._ledger, session.day, max(ahead, days_ahead(steps)))
        roster = dataset.roster
        groups = [
            group
            for group in roster.groups
            if session.county is None or group.county.code == session.county.code
        ]
        basis = Basis(record, offices_cc(roster.offices), steps, resend)
        return plan_overdue(lines, groups, session.day, basis)

    def letter(self, due: Due) -> Letter:
        """Write a mail."""
        from duzhan.deliver.letters import issue_letter

        return issue_letter(due, self._shared())

    def _shared(self) -> Desk:
        from duzhan.compliance.states import count
        from duzhan.deliver.channels.mail.settings import max_size
        from duzhan.deliver.letters import Desk

        if self._desk is None:
            invalid = {}
            if ledger := self._ledger:
                counts = count(ledger.facts, self._session.day, len(ledger.counties))
                names = [county.name for county in ledger.counties]
                invalid = {n: c.invalid for n, c in zip(names, counts, strict=True)}
            self._desk = Desk(self._session.dataset, self._session.day, max_size(), invalid)
        return self._desk

    def missing(self) -> dict[str, str]:
        """Counties without data, and why."""
        from duzhan.dataset.ledger import missing_lists

        return missing_lists(self._ledger) if self._ledger else {}

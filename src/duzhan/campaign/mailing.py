"""Mail: what is due to whom, decided and written while a run holds the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.deliver.channels.mail.settings import max_size
from duzhan.deliver.jobs import plan_overdue, plan_weekly, whole_group
from duzhan.deliver.plans import DAYS_AHEAD, Basis, offices_cc

if TYPE_CHECKING:
    from collections.abc import Callable

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.week_report import ReportedWeek
    from duzhan.deliver.attempts import Record
    from duzhan.deliver.channels.mail.message import Letter
    from duzhan.deliver.letters import Desk
    from duzhan.deliver.plans import Due, Plan
    from duzhan.deliver.report_letters import ReportDesk


class OverdueMail:
    """The groups' lists; the ledger is read when a run that holds the outbox asks for them."""

    def __init__(
        self, campaign: Campaign, due_within: int | None, tell: Callable[[], None]
    ) -> None:
        self._campaign = campaign
        self._due_within = due_within
        self._tell = tell
        self._desk: Desk | None = None

    def plan(self, record: Record, resend: bool) -> Plan:
        """Decide what is due."""
        from duzhan.compliance.escalation import days_ahead

        campaign, dataset = self._campaign, self._campaign.dataset
        steps = dataset.rules.escalation
        ahead = self._due_within
        if ahead is None:
            ahead = days_ahead(steps) or DAYS_AHEAD
        self._tell()
        lines = list(campaign.overdue(max(ahead, days_ahead(steps))))
        groups = [
            group
            for group in dataset.roster.groups
            if campaign.county is None or group.county.code == campaign.county.code
        ]
        basis = Basis(record, offices_cc(dataset.roster.offices), steps, resend)
        return plan_overdue(lines, groups, campaign.day, basis)

    def letter(self, due: Due) -> Letter:
        """Write a mail."""
        from duzhan.deliver.letters import issue_letter

        return issue_letter(due, self._shared())

    def _shared(self) -> Desk:
        from duzhan.compliance.states import count
        from duzhan.deliver.letters import Desk

        if self._desk is None:
            campaign = self._campaign
            ledger = campaign.ledger
            counts = count(ledger.facts, campaign.day, len(ledger.counties))
            names = [county.name for county in ledger.counties]
            invalid = {n: c.invalid for n, c in zip(names, counts, strict=True)}
            self._desk = Desk(campaign.dataset, campaign.day, max_size(), invalid)
        return self._desk


class WeeklyMail:
    """The groups' reports; made when a run that holds the outbox asks for them."""

    def __init__(self, campaign: Campaign, week: ReportedWeek, tell: Callable[[], None]) -> None:
        self._campaign = campaign
        self._week = week
        self._tell = tell
        self._desk: ReportDesk | None = None

    def _made(self) -> ReportDesk:
        from duzhan.compliance.visit import SAMPLE, visits
        from duzhan.deliver.report_letters import ReportDesk

        if self._desk is None:
            self._tell()
            report = self._campaign.week(self._week)
            dataset, ledger = self._campaign.dataset, self._campaign.ledger
            sheets = visits(
                ledger, dataset.roster, report.status, report.forecasts, SAMPLE, report.points
            )
            self._desk = ReportDesk(
                report, dataset, max_size(), {one.status.county.code: one for one in sheets}
            )
        return self._desk

    def plan(self, record: Record, resend: bool) -> Plan:
        """Decide what is due."""
        from duzhan.deliver.report_letters import content_digest

        dataset, report = self._campaign.dataset, self._made().report
        codes = {status.county.code for status in report.status.counties}
        told = [
            (group, content_digest(report.of(group.county), dataset))
            for group in dataset.roster.groups
            if group.county.code in codes
        ]
        basis = Basis(record, offices_cc(dataset.roster.offices), resend=resend)
        whole = None
        if self._campaign.county is None:
            everybody = whole_group(dataset.roster, dataset.rules.wording.offices)
            whole = everybody, content_digest(report, dataset)
        return plan_weekly(told, self._week.id, basis, whole)

    def letter(self, due: Due) -> Letter:
        """Write a mail."""
        from duzhan.deliver.report_letters import report_letter

        return report_letter(due, self._made())

"""Robots: what they say in the chats of groups and offices, decided from the facts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan.deliver.jobs import plan_notices
from duzhan.deliver.plans import DAYS_AHEAD, NOTIFY_OVERDUE, NOTIFY_WEEKLY, Basis
from duzhan.model import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.compliance.week_report import ReportedWeek
    from duzhan.deliver.attempts import Record
    from duzhan.deliver.channels.robot import RobotText
    from duzhan.deliver.plans import Due, Plan
    from duzhan.model import Wording


class _Notices(ABC):
    """Notices by group id; written when a run that holds the outbox asks for them."""

    kind: str
    period: str

    def __init__(self, campaign: Campaign, tell: Callable[[], None]) -> None:
        self._campaign = campaign
        self._tell = tell
        self._written: dict[str, RobotText] = {}

    @property
    def _wording(self) -> Wording:
        return self._campaign.dataset.rules.wording

    def plan(self, record: Record, resend: bool) -> Plan:
        """Decide what is due."""
        from duzhan.deliver.notices import digest

        told = []
        self._tell()
        for group, lines, notice in self._texts():
            if notice is not None and group.robots:
                self._written[group.id] = notice
                told.append((group, lines, digest(notice)))
        return plan_notices(told, self.kind, self.period, Basis(record, resend=resend))

    def notice(self, due: Due) -> RobotText:
        """Give a notice as it goes out."""
        from duzhan.deliver.notices import marked

        return marked(self._written[due.group.id], due, self._campaign.sample)

    @abstractmethod
    def _texts(self) -> Iterator[tuple[Group, list[IssueLine], RobotText | None]]:
        """Each group that may be told, the issues, and what it would hear."""

    def _offices(self) -> Group:
        """The offices as one group, about all counties; nobody's robots if one was asked for."""
        roster = self._campaign.dataset.roster
        robots = tuple(robot for office in roster.offices for robot in office.robots)
        heard = robots if self._campaign.county is None else ()
        wording, whole = self._wording, roster.prefecture
        if not whole.name:
            whole = replace(whole, name=wording.whole or f"全部{wording.unit}")
        return Group("", wording.offices, whole, (), "", (), robots=heard)

    def _groups(self) -> list[Group]:
        """The groups asked for."""
        county = self._campaign.county
        groups = self._campaign.dataset.roster.groups
        return [g for g in groups if county is None or g.county.code == county.code]


class OverdueNotices(_Notices):
    """Each group's overdue issues for its robots, and all of them for the offices'."""

    kind = NOTIFY_OVERDUE

    def __init__(
        self, campaign: Campaign, due_within: int | None, tell: Callable[[], None]
    ) -> None:
        super().__init__(campaign, tell)
        self.period = campaign.day.isoformat()
        self._ahead = DAYS_AHEAD if due_within is None else due_within

    def _texts(self) -> Iterator[tuple[Group, list[IssueLine], RobotText | None]]:
        from duzhan.compliance.states import count
        from duzhan.deliver import notices

        campaign = self._campaign
        every, ledger = list(campaign.overdue(self._ahead)), campaign.ledger
        counts = count(ledger.facts, campaign.day, len(ledger.counties))
        claimed = {c.name: n.claimed for c, n in zip(ledger.counties, counts, strict=True)}
        for group in self._groups():
            name = group.county.name
            ours = [line for line in every if line.county == name]
            told = notices.overdue_of_county(
                group, ours, claimed.get(name, 0), campaign.day, self._wording
            )
            yield group, ours, told
        offices = self._offices()
        whole = notices.overdue_of_all(
            offices.county.name, every, campaign.missing, campaign.day, self._wording
        )
        yield offices, every, whole


class WeeklyNotices(_Notices):
    """A week in a few lines: each county's for its group's robots, all for the offices'."""

    kind = NOTIFY_WEEKLY

    def __init__(self, campaign: Campaign, week: ReportedWeek, tell: Callable[[], None]) -> None:
        super().__init__(campaign, tell)
        self.period = week.id
        self._week = week

    def _texts(self) -> Iterator[tuple[Group, list[IssueLine], RobotText | None]]:
        from duzhan.deliver import notices

        report = self._campaign.week(self._week)
        statuses = {status.county.code: status for status in report.status.counties}
        for group in self._groups():
            yield (
                group,
                [],
                notices.week_of_county(statuses[group.county.code], report, self._wording),
            )
        offices = self._offices()
        yield offices, [], notices.week_of_all(offices.county.name, report, self._wording)

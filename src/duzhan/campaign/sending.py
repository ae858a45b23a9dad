"""The jobs of sending: what is due as of a day or for a week, by mail and by robots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.deliver.run import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.week_report import ReportedWeek


def overdue_jobs(
    campaign: Campaign,
    due_within: int | None,
    tell: Callable[[], None],
    *,
    email: bool,
    notify: bool,
) -> list[Job]:
    """The groups' overdue issues: a list by mail, a few lines in the chats of groups and offices.

    Args:
        campaign: as of which day, and whose.
        due_within: tell of issues due within so many days; None as the rules say.
        tell: called once the lists have been read, before anything is planned.
        email: whether by mail.
        notify: whether by robots.
    """
    jobs, day = [], campaign.day.isoformat()
    if email:
        from duzhan.campaign.mailing import OverdueMail
        from duzhan.deliver.by_mail import ByMail

        lists = OverdueMail(campaign, due_within, tell)
        carrier = ByMail(campaign.dataset, lists.letter, "超期问题")
        jobs.append(Job("overdue", day, lists.plan, carrier))
    if notify:
        from duzhan.campaign.notifying import OverdueNotices
        from duzhan.deliver.by_robot import ByRobot

        told = OverdueNotices(campaign, due_within, tell)
        robots = ByRobot(campaign.dataset, told.notice, "超期问题")
        jobs.append(Job("overdue --notify", day, told.plan, robots))
    return jobs


def weekly_jobs(
    campaign: Campaign,
    week: ReportedWeek,
    tell: Callable[[], None],
    *,
    email: bool,
    notify: bool,
) -> list[Job]:
    """A week: the reports by mail, a few lines in the chats of groups and offices.

    Args:
        campaign: whose.
        week: which week.
        tell: called once the lists have been read.
        email: whether by mail.
        notify: whether by robots.
    """
    jobs = []
    if email:
        jobs.append(weekly_mail(campaign, week, tell))
    if notify:
        from duzhan.campaign.notifying import WeeklyNotices
        from duzhan.deliver.by_robot import ByRobot

        told = WeeklyNotices(campaign, week, tell)
        robots = ByRobot(campaign.dataset, told.notice, "周报要点")
        jobs.append(Job("weekly-report --notify", week.id, told.plan, robots))
    return jobs


def weekly_mail(campaign: Campaign, week: ReportedWeek, tell: Callable[[], None]) -> Job:
    """The groups' weekly reports by mail; see `weekly_jobs`."""
    from duzhan.campaign.mailing import WeeklyMail
    from duzhan.deliver.by_mail import ByMail

    reports = WeeklyMail(campaign, week, tell)
    carrier = ByMail(campaign.dataset, reports.letter, "周报")
    return Job("weekly-report", week.id, reports.plan, carrier)

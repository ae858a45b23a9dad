"""Is everything in place for cron: dataset, mail, templates, the last good run (SPEC section 7)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duzhan.campaign.checking import look
from duzhan.campaign.chosen_week import LAST, chosen_week
from duzhan.campaign.problems import problems_in_turn
from duzhan.campaign.sending import weekly_mail
from duzhan.dataset.folder import sample_line
from duzhan.deliver.attempts import Record
from duzhan.deliver.checkup import Finding, examine
from duzhan.deliver.jobs import plan_weekly
from duzhan.deliver.metrics import metrics
from duzhan.deliver.outbox import read_outbox
from duzhan.deliver.plans import Basis, Plan
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found of every part; `sample` is the line that marks synthetic data."""

    findings: tuple[Finding, ...]
    sample: str | None
    campaign: Campaign | None = None

    @property
    def ok(self) -> bool:
        """Whether everything is in place."""
        return not any(found.status == "error" for found in self.findings)


def check_up(root: Path, max_age: float | None) -> Checkup:
    """Look at every part, and say what would mend it.

    Args:
        root: the dataset's folder.
        max_age: the last good run is too old after so many days; None for any age.
    """
    campaign, problems = look(root)
    if campaign is None:
        wrong = (Finding("数据集", "error", str(problem)) for problem in problems)
        return Checkup(tuple(wrong), sample_line(root))
    # Before the lists are checked: what the week asks of the journal serves the check as well.
    template = _weekly_template(campaign)
    errors = sum(problem.severity == "error" for problem in problems_in_turn(campaign))
    found = Finding("数据集", "ok", f"“{root}”的名册和规则都对")
    if errors:
        message = f"数据里有{errors}处错误（按不利的一面处理），逐条列出请用 duzhan check"
        found = Finding("数据集", "warning", message)
    findings = (found, *examine(campaign.dataset, max_age), *template)
    return Checkup(findings, campaign.sample, campaign)


def metrics_of(root: Path, checked: Checkup) -> str:
    """Give what a checkup found, and how the counties stand, as metrics.

    Args:
        root: the dataset's folder.
        checked: what was found.
    """
    record: Record | None = None
    # A damaged record is a finding already.
    with suppress(DuzhanError):
        record = read_outbox(root)
    campaign = checked.campaign
    if campaign is None:
        return metrics(record, (), "Asia/Shanghai", well=checked.ok)
    statuses = campaign.overview.counties
    return metrics(record, statuses, campaign.dataset.rules.time_zone, well=checked.ok)


def _weekly_template(campaign: Campaign) -> list[Finding]:
    """Write the latest week's report of the first group, and throw it away."""
    week = chosen_week(LAST, campaign.dataset.rules)
    first = campaign.dataset.roster.groups[0]
    group = replace(first, recipients=("doctor@localhost",), liaison_recipients=())
    job = weekly_mail(campaign, week, lambda: None)
    (due,) = plan_weekly([(group, "")], week.id, Basis(Record())).due
    try:
        job.carrier.write(Plan(due=[due]), Record())
    except DuzhanError as error:
        return [Finding("模板", "error", line) for line in error.lines]
    return [Finding("模板", "ok", "周报模板能排出来")]

"""Is everything in place for cron: dataset, mail, templates, the last good run (SPEC section 7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from duzhan.campaign.checking import check
from duzhan.campaign.mailing import weekly_job
from duzhan.campaign.standing import Campaign
from duzhan.campaign.weeks import LAST, chosen_week
from duzhan.dataset.folder import Dataset, read_configuration, sample_line
from duzhan.deliver.attempts import Record
from duzhan.deliver.checkup import Finding, examine
from duzhan.deliver.jobs import Basis, plan_weekly
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from pathlib import Path


def findings_of(root: Path, max_age: float | None) -> list[Finding]:
    """Look at every part, and say what would mend it.

    Args:
        root: the dataset's folder.
        max_age: the last good run is too old after so many days; None for any age.
    """
    roster, rules, problems = read_configuration(root)
    if roster is None or rules is None:
        return [Finding("数据集", "error", str(problem)) for problem in problems]
    errors = sum(problem.severity == "error" for problem in check(root))
    found = Finding("数据集", "ok", f"“{root}”的名册和规则都对")
    if errors:
        message = f"数据里有 {errors} 处错误（按不利的一面处理），逐条列出请用 duzhan check"
        found = Finding("数据集", "warning", message)
    dataset = Dataset(root, roster, rules, sample_line(root))
    return [found, *examine(dataset, max_age), *_weekly_template(dataset)]


def _weekly_template(dataset: Dataset) -> list[Finding]:
    """Write the latest week's report of the first group, and throw it away."""
    week = chosen_week(LAST, dataset.rules)
    group = replace(dataset.roster.groups[0], recipients=("doctor@localhost",))
    job = weekly_job(Campaign(dataset, week.as_of, group.county), week, lambda: None)
    (due,) = plan_weekly([(group, "")], week.id, Basis(Record())).due
    try:
        job.letter(due)
    except DuzhanError as error:
        return [Finding("模板", "error", line) for line in error.lines]
    return [Finding("模板", "ok", "周报模板能排出来")]

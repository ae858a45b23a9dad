"""Letters: which county or issue they are about, and what they say as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.errors import UsageError

if TYPE_CHECKING:
    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.issue_list import IssueLine
    from duzhan.report.letters.contents import LetterText

KINDS = ("督办函", "整改通知单", "通报")


def letter_of(campaign: Campaign, kind: str, issue: str | None) -> LetterText:
    """Write a letter.

    Args:
        campaign: as of which day, and whose.
        kind: one of `KINDS`.
        issue: the 编号 that a 整改通知单 is about.

    Raises:
        UsageError: it is not said what the letter is about.
    """
    from duzhan.report.letters import contents

    rules, roster = campaign.dataset.rules, campaign.dataset.roster
    if kind == "通报":
        if campaign.county is not None:
            raise UsageError(f"通报是全部{rules.wording.unit}的，不能和 --county 一起用")
        return contents.circular(campaign.overview, list(campaign.overdue()), rules)
    if kind == "整改通知单":
        line = _issue(campaign, issue)
        county = next(one for one in roster.counties if one.name == line.county)
        return contents.rectification(line, rules, roster.group_of(county), campaign.day)
    if campaign.county is None:
        raise UsageError(f"督办函写给哪个{rules.wording.unit}？请用 --county 指明")
    (status,) = campaign.overview.counties
    group = roster.group_of(campaign.county)
    return contents.urging(group, status, list(campaign.overdue()), rules, campaign.day)


def _issue(campaign: Campaign, asked: str | None) -> IssueLine:
    """The issue that a 编号 names."""
    from duzhan.intake.text import squash

    if asked is None:
        known = next((line.id for line in campaign.issues() if line.id), "编号")
        line = f"整改通知单写哪个问题？请写明编号，如 duzhan letter 整改通知单 {known}"
        raise UsageError(line)
    found = [line for line in campaign.issues() if squash(line.id or "") == squash(asked)]
    if not found:
        raise UsageError(f"台账里没有编号“{asked}”的问题（截至 {campaign.day}）")
    if len(found) > 1:
        where = "、".join(dict.fromkeys(line.county for line in found))
        raise UsageError(f"编号“{asked}”有{len(found)}件问题（{where}），请用 --county 指明")
    return found[0]

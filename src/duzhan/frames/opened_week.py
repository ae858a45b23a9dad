"""A week's report from Python, in every form that the command writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duzhan.report.weekly.formats import Making, format_of, parts_of

if TYPE_CHECKING:
    from duzhan.campaign.standing import Campaign
    from duzhan.compliance.week_report import WeekReport


@dataclass(frozen=True)
class OpenedWeek:
    """The result of a week, to be written in every form of the weekly report.

    Attributes:
        campaign: whose it is.
        report: the result itself.
    """

    campaign: Campaign
    report: WeekReport

    def __repr__(self) -> str:
        week = self.report.week
        return f"<{self.report.campaign}，{week.id}，截至 {week.as_of}>"

    def to_markdown(self) -> str:
        """The report as Markdown."""
        return self._rendered("md").decode()

    def to_html(self) -> str:
        """The report as one HTML page without charts."""
        return self._rendered("html").decode()

    def to_text(self) -> str:
        """The report as plain text."""
        return self._rendered("txt").decode()

    def to_dict(self) -> dict[str, Any]:
        """What `weekly-report --format json` answers."""
        told: dict[str, Any] = json.loads(self._rendered("json"))
        return told

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _rendered(self, form: str) -> bytes:
        dataset = self.campaign.dataset
        making = Making(dataset.rules, dataset.root)
        return b"".join(parts_of(format_of(form).render(self.report, form, making)))

"""`duzhan forecast`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli import output
from duzhan.cli.options import json_option
from duzhan.cli.session import asks, say_faults

if TYPE_CHECKING:
    from duzhan.campaign.standing import Campaign


@asks("forecast", json_option, only_counts=True)
def command(session: Campaign, *, as_json: bool) -> int:
    """照近两周的销号速度，哪天能达到下一节点的达标率。"""
    say_faults(session, session.faults)
    overview, found = session.overview, session.forecasts()
    sample = session.dataset.sample
    if as_json:
        from duzhan.report.json import mark, week

        output.show_json(mark(week.forecasts(found, overview.as_of), sample))
    else:
        from duzhan.report.pages.forecast import forecast_page

        output.show(forecast_page(found, overview, session.dataset.rules.wording, sample))
    return 0

"""The one place that asks what day it is."""

from __future__ import annotations

import datetime as dt
import os
from zoneinfo import ZoneInfo

TODAY_VARIABLE = "DUZHAN_TODAY"


def today(time_zone: str) -> dt.date:
    """Give today's date in the campaign's time zone.

    A cron host may run on UTC while it is already tomorrow in 文山.
    `DUZHAN_TODAY=2021-06-25` stands in for the clock in rehearsals and tests.

    Args:
        time_zone: an IANA name, such as ``Asia/Shanghai``.
    """
    fixed = os.environ.get(TODAY_VARIABLE)
    if fixed:
        return dt.date.fromisoformat(fixed)
    return dt.datetime.now(ZoneInfo(time_zone)).date()

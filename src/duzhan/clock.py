"""The one place that asks what day it is."""

from __future__ import annotations

import datetime as dt
import os

from duzhan.errors import UsageError

TODAY_VARIABLE = "DUZHAN_TODAY"


def today(time_zone: str) -> dt.date:
    """Give today's date in the campaign's time zone.

    A cron host may run on UTC while it is already tomorrow in 文山.
    `DUZHAN_TODAY=2021-06-25` stands in for the clock in rehearsals and tests.

    Args:
        time_zone: an IANA name, such as ``Asia/Shanghai``.

    Raises:
        UsageError: `DUZHAN_TODAY` is no date.
    """
    fixed = os.environ.get(TODAY_VARIABLE)
    if fixed:
        try:
            return dt.date.fromisoformat(fixed)
        except ValueError:
            message = f"环境变量 {TODAY_VARIABLE} 的“{fixed}”不是日期，应写成 2021-06-25 的样子"
            raise UsageError(message) from None
    # Only here: shell completion never asks what day it is.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return dt.datetime.now(ZoneInfo(time_zone)).date()

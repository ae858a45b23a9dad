"""What a careless county office leaves in its list: 广南县's rows are spoiled by this."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sample_dice import Dice

Row = dict[str, str]

DATE_COLUMNS = ("发现日期", "整改期限", "整改完成日期", "销号日期", "退回日期")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")

# Row (counted from 0), column, what stands there instead of a sound value.
CELLS = (
    (7, "销号日期", "已完成"),
    (18, "整改完成日期", "6月底"),
    (26, "整改期限", "2021-06-31"),
    (33, "销号日期", "已完成"),
    (41, "销号日期", "2021-06-31"),
    (58, "整改期限", "2021-05-10"),
    (64, "退回日期", "已退回"),
    (83, "销号日期", "06/07/2021"),
    (91, "发现日期", "六月中旬"),
    (110, "销号日期", "2022-01-10"),
    (12, "问题来源", "群众举报"),
    (47, "专项行动", "清理垃圾"),
    (76, "问题来源", "省级暗访"),
    (22, "问题描述", ""),
    (69, "问题描述", ""),
    (15, "退回日期", "无"),
    (37, "退回日期", "/"),
    (52, "退回日期", "—"),
)


def spoil(rows: list[Row], dice: Dice) -> list[Row]:
    """Give the county's list as a careless office would keep it.

    Args:
        rows: the sound list.
        dice: which dates take which form.
    """
    for row in rows:
        _reshape_dates(row, dice)
    for number, column, value in CELLS:
        rows[number][column] = value
    again = [dict(rows[5]), dict(rows[44]), dict(rows[60])]
    again[1]["销号日期"] = ""
    again[2]["地点"] = rows[61]["地点"]
    again[2]["问题描述"] = rows[61]["问题描述"] + "（补充）"
    nameless = dict(rows[70]) | {"编号": "", "问题描述": ""}
    rows[30]["备注"] += "\n照片另附"
    return [*rows[:62], again[2], *rows[62:100], *again[:2], *rows[100:], nameless]


def _reshape_dates(row: Row, dice: Dice) -> None:
    for column in DATE_COLUMNS:
        if row[column] and "；" not in row[column] and dice.happens(0.3):
            row[column] = _other_form(dt.date.fromisoformat(row[column]), dice)


def _other_form(day: dt.date, dice: Dice) -> str:
    forms = (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        day.isoformat().translate(WIDE),
        str((day - dt.date(1899, 12, 30)).days),
    )
    return dice.pick(forms)

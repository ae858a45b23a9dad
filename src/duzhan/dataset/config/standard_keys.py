"""The keys of standard.yaml: one table for checking, editors and docs (see `keys`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.shapes import Below, Each, FileKeys, key, optional
from duzhan.values import BOOL, DATE, LINE, NAME, NUMBER, TEXT

if TYPE_CHECKING:
    import datetime as dt


class ItemKeys(FileKeys):
    """An item of the assessment standard."""

    id: str = key(NAME, "分项的短代号，如 A1；不重复")
    name: str = key(LINE, "分项名称；score_items.csv 的“分项”填它或代号")
    full: str = key(NUMBER, "满分，如 80")
    category: str = key(LINE, "所属类别", "")
    source: str = key(LINE, "标准中的出处", "")
    assessors: list[str] = key(Each(LINE), "只有这些评估方的评估有此项；没有则写 []", [])
    since: dt.date | None = optional(DATE, "从哪天的评估起有此项；一直有则空着")
    until: dt.date | None = optional(DATE, "到哪天的评估为止有此项；一直有则空着")


class StandardFile(FileKeys):
    """The whole of standard.yaml."""

    name: str = key(LINE, "评分标准的名称")
    interpreted: bool = key(BOOL, "通知未写明，是解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "说明")
    items: list[ItemKeys] = key(Each(Below(ItemKeys), least=1), "评分标准的分项，按标准的顺序")

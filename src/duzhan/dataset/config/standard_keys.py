"""The keys of standard.yaml: one table for checking, editors and docs (see `keys`)."""

from __future__ import annotations

from pydantic import Field

from duzhan.values import (
    Bool,
    Date,
    FileKeys,
    Line,
    Name,
    Number,
    Text,
)  # fmt: skip


class ItemKeys(FileKeys):
    """An item of the assessment standard."""

    id: Name = Field(description="分项的短代号，如 A1；不重复")
    name: Line = Field(description="分项名称；score_items.csv 的“分项”填它或代号")
    full: Number = Field(description="满分，如 80")
    category: Line = Field("", description="所属类别")
    source: Line = Field("", description="标准中的出处")
    assessors: list[Line] = Field([], description="只有这些评估方的评估有此项；没有则写 []")
    since: Date | None = Field(None, description="从哪天的评估起有此项；一直有则空着")
    until: Date | None = Field(None, description="到哪天的评估为止有此项；一直有则空着")


class StandardFile(FileKeys):
    """The whole of standard.yaml."""

    name: Line = Field(description="评分标准的名称")
    interpreted: Bool = Field(default=False, description="通知未写明，是解释值（true 或 false）")
    note: Text | None = Field(None, description="说明")
    items: list[ItemKeys] = Field(min_length=1, description="评分标准的分项，按标准的顺序")

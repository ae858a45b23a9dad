"""The columns of the DataFrame of evidence: one row a photograph or paper on file."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

from duzhan.frames.columns import DAY, TEXT, WORD, FrameColumn
from duzhan.model import Evidence

FiledEvidence: TypeAlias = tuple[Evidence, dt.datetime | None]

EVIDENCE: tuple[FrameColumn[FiledEvidence], ...] = (
    FrameColumn("county", "县(市)", WORD, lambda row: row[0].county),
    FrameColumn("id", "编号", TEXT, lambda row: row[0].id or None),
    FrameColumn("kind", "类别", WORD, lambda row: row[0].kind),
    FrameColumn("file", "文件", TEXT, lambda row: row[0].file),
    FrameColumn("sha256", "SHA-256", TEXT, lambda row: row[0].digest),
    FrameColumn("source", "来源", TEXT, lambda row: row[0].source),
    FrameColumn("received_on", "收到日期", DAY, lambda row: row[0].received),
    FrameColumn("taken_at", "拍摄时间", DAY, lambda row: row[1]),
    FrameColumn("remark", "备注", TEXT, lambda row: row[0].remark),
)

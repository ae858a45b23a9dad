"""`duzhan evidence`: what is on file about which issue, and when it was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from duzhan.report.pages.page import Page, PageColumn, Text, titled

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from duzhan.model import Evidence

    Lines = Sequence[tuple[Evidence, dt.datetime | None]]

_COLUMNS = ("编号", "类别", "文件", "收到", "拍摄（照片自记）")
_UNPLACED = "未对应"


def evidence_page(lines: Lines, unit: str, sample: str | None) -> Page:
    """The register in its order.

    Args:
        lines: rows, each with the time that the photograph gives itself.
        unit: what a county is called.
        sample: the line that marks synthetic data.
    """
    page = titled(f"佐证材料（{len(lines)}件，从不作销号）", sample)
    if not lines:
        page.line("没有登记佐证材料。")
        return page
    rows: list[tuple[Text | str, ...]] = [
        (
            one.county,
            one.id or Text(_UNPLACED, "yellow"),
            one.kind,
            one.file,
            one.received.isoformat(),
            taken.isoformat(" ", "minutes") if taken else "",
        )
        for one, taken in lines
    ]
    page.table(tuple(map(PageColumn, (unit, *_COLUMNS))), rows)
    return page


def evidence_json(lines: Lines) -> dict[str, Any]:
    """`evidence --json`: the rows of evidence.csv in its order; `id` null for 未对应."""
    return {
        "evidence": [
            {
                "county": one.county,
                "id": one.id or None,
                "kind": one.kind,
                "file": one.file,
                "sha256": one.digest,
                "source": one.source,
                "received_on": one.received.isoformat(),
                "taken_at": taken.isoformat() if taken else None,
                "remark": one.remark,
            }
            for one, taken in lines
        ]
    }

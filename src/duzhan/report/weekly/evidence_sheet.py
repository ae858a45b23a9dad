"""佐证材料对照表: the issues that have photographs, before beside after, small enough to mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.dataset.evidence import reduced_of
from duzhan.report import words
from duzhan.report.templates.docx import WordTemplate
from duzhan.report.weekly.photographs import named
from duzhan.report.words.issues import described

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from duzhan.compliance.evidence import BeforeAfter
    from duzhan.dataset.folder import Dataset
    from duzhan.model import Evidence
    from duzhan.report.templates.docx import WordPicture

TEMPLATE = "佐证材料对照表.docx"
TITLE = "佐证材料对照表"
# How wide and high in the table, in millimetres; up to so many pictures so many pixels across.
_MOST = (62, 50)
_BOXES = ((40, 800), (120, 560))
_SMALLEST, _QUALITY = 400, 65


def render(pairs: Sequence[BeforeAfter], dataset: Dataset, whose: str, day: dt.date) -> bytes:
    """Render the sheet as a Word document.

    Args:
        pairs: the issues that have photographs, with them.
        dataset: whose pictures they are.
        whose: the county's name, or what the whole is called.
        day: when the document says that it was made.

    Raises:
        DuzhanError: the template is at fault.
    """
    count = sum(len(pair.before) + len(pair.after) for pair in pairs)
    across = next((pixels for most, pixels in _BOXES if count <= most), _SMALLEST)
    root = dataset.root
    document = WordTemplate(TEMPLATE, root)

    def shown(entries: Sequence[Evidence], at: int) -> WordPicture | str:
        if at >= len(entries):
            return words.NONE if at == 0 else ""
        jpeg = reduced_of(root, entries[at], (across, across), _QUALITY)
        if jpeg is None:
            return f"（不能显示：{entries[at].file.rpartition('/')[2]}）"
        return document.photograph(jpeg, named(entries[at]), _MOST)

    def rows() -> Iterator[dict[str, WordPicture | str]]:
        for pair in pairs:
            for at in range(max(len(pair.before), len(pair.after))):
                before, after = shown(pair.before, at), shown(pair.after, at)
                yield {"issue": "" if at else _issue(pair), "before": before, "after": after}

    told = {
        "title": f"{whose}{TITLE}",
        "campaign": dataset.rules.name,
        "day": words.full_date(day),
        "count": len(pairs),
        "sample": dataset.sample,
        "rows": tuple(rows()),
    }
    return document.render(told, day)


def _issue(pair: BeforeAfter) -> str:
    issue = pair.issue
    return "\n".join(filter(None, (issue.id, described(issue), issue.unit, _state(pair))))


def _state(pair: BeforeAfter) -> str:
    return words.STATES[pair.issue.state]

"""Issues as JSON: `overdue --json` and `issues --json`.

As dictionaries a million issues take gigabytes and most of a command's time; of long lists
some thousands at a time become text, written from columns, the same as of the dictionaries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from duzhan import columns as col
from duzhan.compliance.issue_list import STATES
from duzhan.intake.text_columns import is_blank
from duzhan.parallel import ahead
from duzhan.report.cells import (
    changed_where,
    in_one,
    of_days,
    of_distinct,
    of_known,
    one_by_one,
    side_by_side,
)
from duzhan.report.json import day_json
from duzhan.report.json.writing import LongList
from duzhan.visible import visible_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from duzhan.arrays import Days, Numbers
    from duzhan.compliance.issue_list import IssueLine, IssueList, Listed
    from duzhan.report.json import Json
    from duzhan.report.json.layout import JsonLayout

# What `visible_json` escapes, and JSON does but for quotes and backslashes; and these with it.
_UNSEEN = r"[\x00-\x1f\x7f-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]"
_ESCAPED = _UNSEEN.replace("[", r'["\\', 1)


def issues_json(lines: Sequence[IssueLine], day: dt.date) -> Json:
    """`overdue --json` and `issues --json`."""
    return {"as_of": day.isoformat(), "issues": [_issue(line) for line in lines]}


def all_issues_json(issues: Listed, day: dt.date) -> Json:
    """The same of a list of any length, for `writing.written`: it becomes text part by part."""
    return {"as_of": day.isoformat(), "issues": ListedIssues(issues)}


def _issue(line: IssueLine) -> Json:
    return {
        "id": line.id,
        "county": line.county,
        "description": line.description,
        "location": line.location,
        "action": line.action,
        "responsible_unit": line.unit,
        "responsible_person": line.person,
        "source": line.source,
        "found_on": day_json(line.found_on),
        "due_on": day_json(line.due_on),
        "days_overdue": line.days_overdue,
        "state": line.state.value,
        "original_due_on": day_json(line.original_due_on),
        "extensions": line.extensions,
        "columns": dict(line.columns),
    }


@dataclass(frozen=True, slots=True)
class ListedIssues(LongList):
    """Issues that stand in a JSON document as a list.

    Attributes:
        issues: what is listed.
        further: keys behind those of every issue, to whole numbers, one an issue.
    """

    issues: Listed
    further: Mapping[str, Numbers] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many issues there are."""
        return len(self.issues)

    def written(self, layout: JsonLayout) -> Iterator[str]:
        """The list as text, part by part."""
        if not len(self):
            yield "[]"
            return
        before = f"[{layout.begin}"
        for text in ahead(lambda piece: piece.written(layout), self._pieces()):
            yield before
            yield text
            before = layout.between
        yield f"{layout.end}]"

    def _pieces(self) -> Iterator[_Piece]:
        begin = 0
        for part in self.issues.parts():
            end = begin + len(part)
            further = {key: numbers[begin:end] for key, numbers in self.further.items()}
            yield _Piece(part, further)
            begin = end


class _Piece(NamedTuple):
    """Some thousands of the issues, with what stands behind each."""

    issues: IssueList
    further: Mapping[str, Numbers]

    def written(self, layout: JsonLayout) -> str:
        """The members of the list, with what stands between them."""
        rows = _rows(self.issues, self.further, layout.inner)
        return in_one(rows, layout.between)


def _rows(issues: IssueList, further: Mapping[str, Numbers], layout: JsonLayout) -> pa.Array:
    """Each issue as an object: the keys of SPEC section 6, in their order."""
    ids = issues.text(col.ID)
    told = {
        "id": _or_null(_quoted(ids), ids),
        "county": of_distinct(issues.county, lambda at: _string(issues.names[at])),
        "description": _quoted(issues.text(col.DESCRIPTION)),
        "location": _quoted(issues.text(col.LOCATION)),
        "action": _quoted(issues.text(col.ACTION)),
        "responsible_unit": _quoted(issues.text(col.UNIT)),
        "responsible_person": _quoted(issues.text(col.PERSON)),
        "source": _quoted(issues.text(col.SOURCE)),
        "found_on": _days(issues.found),
        "due_on": _days(issues.due),
        "days_overdue": _or_null(
            pc.cast(pa.array(issues.days_overdue), pa.string()), pa.array(issues.is_dated)
        ),
        "state": of_known(issues.state, [_string(STATES[at].value) for at in sorted(STATES)]),
        "original_due_on": _days(issues.original),
        "extensions": pc.cast(pa.array(issues.extensions), pa.string()),
        "columns": _columns(issues, layout.inner),
        **{key: pc.cast(pa.array(numbers), pa.string()) for key, numbers in further.items()},
    }
    return _objects(told, layout)


def _objects(told: Mapping[str, pa.Array], layout: JsonLayout) -> pa.Array:
    pieces: list[pa.Array | str] = []
    before = f"{{{layout.begin}"
    for key, values in told.items():
        pieces += [f"{before}{_string(key)}: ", values]
        before = layout.between
    return side_by_side(*pieces, f"{layout.end}}}")


def _columns(issues: IssueList, layout: JsonLayout) -> pa.Array:
    """What stands in the columns behind the fourteen, as objects; of most issues empty ones."""
    parts = []
    for name in issues.further:
        if is_blank(issues.cells[name]):
            continue
        texts = issues.text(name)
        told = side_by_side(f"{layout.between}{_string(name)}: ", _quoted(texts))
        parts.append(pc.if_else(pc.equal(texts, ""), "", told))
    none = of_known(np.zeros(len(issues), np.int8), ["{}"])
    if not parts:
        return none
    members = pc.utf8_slice_codeunits(side_by_side(*parts), len(layout.between))
    whole = side_by_side(f"{{{layout.begin}", members, f"{layout.end}}}")
    return pc.if_else(pc.equal(members, ""), none, whole)


def _quoted(texts: pa.Array) -> pa.Array:
    return side_by_side('"', changed_where(texts, _ESCAPED, _escaped), '"')


def _escaped(texts: pa.Array) -> pa.Array:
    quotes = pc.replace_substring(pc.replace_substring(texts, "\\", "\\\\"), '"', '\\"')
    return changed_where(texts, _UNSEEN, one_by_one(lambda text: _string(text)[1:-1]), quotes)


def _string(text: str) -> str:
    return visible_json(json.dumps(text, ensure_ascii=False))


def _or_null(written: pa.Array, there: pa.Array) -> pa.Array:
    """Null where a mask, or a text, says that there is nothing."""
    known = there if pa.types.is_boolean(there.type) else pc.not_equal(there, "")
    return pc.if_else(known, written, "null")


def _days(ordinals: Days) -> pa.Array:
    return of_days(ordinals, lambda day: f'"{day.isoformat()}"', "null")

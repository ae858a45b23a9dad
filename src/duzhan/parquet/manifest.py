"""A ledger at rest: the Parquet folder that `duzhan export` writes and engines count from.

    DIR/ledger.json                           what is there, and by which rules it was read
    DIR/data-…/issues/county=532628/*.parquet  the issues, typed, refusals in columns
    DIR/data-…/spells/county=532628/*.parquet  from when to when each row stands how

`ledger.json` names the folder of data, so that replacing this one small file
replaces everything at once. Nothing here is trusted unseen: a lost, cut or
foreign file is an error, never a smaller count.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from duzhan import columns as col
from duzhan.dataset.config.rules import LEDGER_KEY
from duzhan.dataset.ledger import Listing
from duzhan.dataset.locate import MANIFEST, RULES
from duzhan.errors import DuzhanError, reason
from duzhan.files import contents, opened
from duzhan.model import Problem
from duzhan.store.atomic import file_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path
    from types import UnionType

    from duzhan.model import Roster, Rules

ISSUES, SPELLS = "issues", "spells"
FORM = 2
_FOLDER = re.compile("data-[0-9a-f]{12}")

ORIGINAL = "（原文）"
INVALID, ISSUE, REFUSALS = "数据有误", "问题序号", "拒收"
OWN, SAID = "自有列", "状态词"
FILE, SHEET, LINE = "文件", "工作表", "行"

REFUSAL = pa.struct(
    [
        ("列", pa.string()),
        ("代码", pa.string()),
        ("错误", pa.bool_()),
        ("原文", pa.string()),
        ("说明", pa.string()),
    ]
)


def _typed(name: str) -> list[tuple[str, pa.DataType]]:
    if name not in col.DATE_COLUMNS:
        return [(name, pa.string())]
    kind = pa.list_(pa.date32()) if name in col.EVENT_COLUMNS else pa.date32()
    return [(name, kind), (f"{name}{ORIGINAL}", pa.string())]


ISSUE_SCHEMA = pa.schema(
    [
        *(field for name in col.ISSUE_COLUMNS for field in _typed(name)),
        (col.COUNTY, pa.string()),
        *((name, pa.string()) for name in col.FURTHER_COLUMNS),
        (OWN, pa.map_(pa.string(), pa.string())),
        (SAID, pa.int8()),
        (INVALID, pa.bool_()),
        (ISSUE, pa.int32()),
        (REFUSALS, pa.list_(REFUSAL)),
        (FILE, pa.string()),
        (SHEET, pa.string()),
        (LINE, pa.int32()),
    ]
)
SPELL_SCHEMA = pa.schema(
    [
        ("issue", pa.int32()),
        ("standing", pa.int8()),
        ("since", pa.int32()),
        ("until", pa.int32()),
        ("invalid", pa.int8()),
        ("said_done", pa.int8()),
        ("extended", pa.int8()),
        ("entangled", pa.int8()),
    ]
)
_SCHEMAS = {ISSUES: ISSUE_SCHEMA, SPELLS: SPELL_SCHEMA}


@dataclass(frozen=True, slots=True)
class Part:
    """One county's share of a ledger at rest.

    Attributes:
        listing: the `Listing` that was found, by its value.
        rows: rows of its lists.
        spells: rows of its spells.
        faults: errors in its cells.
    """

    listing: str
    rows: int
    spells: int
    faults: int


@dataclass(frozen=True, slots=True)
class AtRest:
    """A ledger at rest, whose files have been looked at.

    Attributes:
        named: the folder as the rules name it.
        folder: the folder of data.
        parts: county code to its share; counties without a list are not in it.
        problems: what concerns whole files, with the code of the county whose they are.
        sample: the line that marks synthetic data.
    """

    named: str
    folder: Path
    parts: Mapping[str, Part]
    problems: tuple[tuple[str | None, Problem], ...]
    sample: str | None

    def problems_of(self, codes: Collection[str]) -> tuple[Problem, ...]:
        """What concerns whole files of some counties, and files of none."""
        return tuple(said for code, said in self.problems if code is None or code in codes)

    def table(self, kind: str, codes: Collection[str]) -> list[tuple[str, Path]]:
        """County code and file of the issues or spells of some counties, checked.

        Raises:
            DuzhanError: a file is lost, cut, or not what it should be.
        """
        wanted = [code for code in sorted(codes) if code in self.parts and self.parts[code].rows]
        files = [
            (code, self.folder / kind / f"county={code}" / "part-0.parquet") for code in wanted
        ]
        for code, path in files:
            part = self.parts[code]
            self._check(kind, path, part.spells if kind == SPELLS else part.rows)
        return files

    def _check(self, kind: str, path: Path, rows: int) -> None:
        shown = f"{self.named}/{path.relative_to(self.folder.parent)}"
        try:
            with opened(path) as file:  # Never wait for a pipe.
                footer = pq.read_metadata(file)
            schema = footer.schema.to_arrow_schema()
        except FileNotFoundError:
            raise DuzhanError(f"{shown}：文件不见了，请重新 duzhan export --parquet") from None
        except (OSError, pa.ArrowException):
            raise DuzhanError(
                f"{shown}：不是完整的 Parquet 文件，请重新 duzhan export --parquet"
            ) from None
        for field in _SCHEMAS[kind]:
            if field.name not in schema.names:
                raise DuzhanError(f"{shown}：缺少列“{field.name}”（{field.type}）")
            found = schema.field(field.name).type
            if found != field.type:
                raise DuzhanError(f"{shown}：列“{field.name}”应为 {field.type}，现为 {found}")
        if footer.num_rows != rows:
            raise DuzhanError(
                f"{shown}：应有 {rows} 行，现有 {footer.num_rows} 行，请重新 duzhan export"
            )


def _unread(root: Path) -> list[tuple[None, Problem]]:
    """Lists beside a ledger at rest, which somebody may think are read."""
    folder = root / ISSUES
    lists = (
        [path for path in folder.iterdir() if path.name[:1] not in "~."] if folder.is_dir() else []
    )
    if not lists:
        return []
    message = (
        f"{RULES} 写了 {LEDGER_KEY}，这里的 {len(lists)} 个文件没有读，请移走，或删去 {LEDGER_KEY}"
    )
    return [(None, Problem("error", f"{ISSUES}/", None, None, None, "bad-file", message))]


def read_by(root: Path, rules: Rules) -> dict[str, Any]:
    """The rules and registers that decide what a ledger at rest says: it was read by them.

    Args:
        root: the dataset's folder.
        rules: the campaign.
    """
    words = rules.vocabularies
    registers = (col.EXTENSIONS, col.RECHECKS, col.EVIDENCE)
    return {
        "start": rules.start.isoformat(),
        "end": rules.end.isoformat(),
        "closure_needs_verifier": rules.closure_needs_verifier,
        "closure_needs_evidence": rules.closure_needs_evidence,
        "empty_words": list(words.empty_words),
        "done_words": list(words.done_words),
        "not_done_words": list(words.not_done_words),
        **{name: file_digest(root / name) for name in registers},
    }


def _need(value: object, kind: type | UnionType) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no {kind}")


def _part(told: dict[str, Any]) -> Part:
    """A county's share, in the types that it should have.

    Raises:
        TypeError, ValueError: it is not.
    """
    part = Part(**told)
    Listing(part.listing)
    for number in (part.rows, part.spells, part.faults):
        _need(number, int)
        if number < 0:
            raise ValueError("less than nothing")
    return part


def _folder_name(told: str) -> str:
    """The name of a folder of data, which lies beside the manifest.

    Raises:
        TypeError, ValueError: it is none.
    """
    if not _FOLDER.fullmatch(told):
        raise ValueError(told)
    return told


def _problem(told: dict[str, Any]) -> Problem:
    """What concerns a whole file, in the types that it should have.

    Raises:
        TypeError: it is not.
    """
    problem = Problem(**told)
    for text in (problem.severity, problem.file, problem.code, problem.message):
        _need(text, str)
    for value in (problem.column, problem.value, problem.sheet, problem.id):
        _need(value, str | None)
    _need(problem.line, int | None)
    return problem


def open_at_rest(root: Path, roster: Roster, rules: Rules) -> AtRest:
    """Open the ledger that the rules name.

    Args:
        root: the dataset's folder.
        roster: the known counties.
        rules: name the ledger, and say how cells are read.

    Raises:
        DuzhanError: it is not there, was not written by `duzhan export`, or was
            read by other rules than those of now.
    """
    named = rules.ledger_parquet or ""
    place = root / named
    where = f"{RULES} 的 {LEDGER_KEY} 指的“{named}”"
    try:
        told = json.loads(contents(place / MANIFEST))
        parts = {code: _part(told_of) for code, told_of in told["counties"].items()}
        folder = place / _folder_name(told["folder"])
        problems = [(code, _problem(problem)) for code, problem in told["problems"]]
        rest = AtRest(named, folder, parts, (*problems, *_unread(root)), told["notice"])
        form, reading = told["form"], dict(told["read_by"])
        _need(told["notice"], str | None)
    except FileNotFoundError:
        raise DuzhanError(
            f"{where}里没有 {MANIFEST}：请先用 duzhan export --parquet 写出，或改正路径"
        ) from None
    except OSError as error:
        raise DuzhanError(f"{where}读不出来：{reason(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DuzhanError(f"{where}里的 {MANIFEST} 不是 duzhan export 写的，请重新写出") from None
    if form != FORM:
        raise DuzhanError(
            f"{where}是第 {form} 种格式，这个版本读第 {FORM} 种，请重新 duzhan export"
        )
    now = read_by(root, rules)
    if reading != now:
        changed = [key for key, value in now.items() if reading.get(key) != value]
        raise DuzhanError(
            f"{where}是按别的规则（{'、'.join(changed)}）读出的，请重新 duzhan export"
        )
    strangers = sorted(parts.keys() - {county.code for county in roster.counties})
    if strangers:
        raise DuzhanError(f"{where}里有名册中没有的{roster.unit}：{'、'.join(strangers[:8])}")
    return rest

"""What comes in to be imported: every file read and checked, and whose every row is."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from duzhan import columns as col
from duzhan.dataset.names import county_of_file, find_county
from duzhan.intake.alike import nearly_known
from duzhan.intake.formats.opening import Member, opened
from duzhan.intake.formats.other import PICTURE
from duzhan.intake.refusals import NotAListError, RefusedFileError
from duzhan.intake.tables import MAX_FILE, MAX_UNPACKED, read_tables
from duzhan.parallel import on_all_cores
from duzhan.register.own_files import ledger_table
from duzhan.register.returned_sheets import beside, kind_of, untouched
from duzhan.visible import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import ExitStack

    import pyarrow as pa

    from duzhan.arrays import Rows
    from duzhan.dataset.facts import Reading
    from duzhan.dataset.folder import Dataset
    from duzhan.intake.layout import Layout
    from duzhan.intake.tables import Table
    from duzhan.model import County, Roster
    from duzhan.register.returned_sheets import Kind


# Where a refusal goes on with what helps.
_REMEDY = re.compile("[，；](?=如果“|请)")

ELSEWHERE = "县(市)一栏与这份清单所属的不符"
NO_COUNTY = "看不出属于谁，请在“县(市)”一栏写明"
_UNKNOWN_COUNTY = (
    "看不出是谁的清单：文件名、工作表名、标题和“县(市)”一栏都没有写，请用 --county 指明"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one file, sheet and county.

    Attributes:
        path: the file.
        source: the file that its bytes lie in: a member's own, if it came inside another.
        name: what it is called; archive/member if it came inside another.
        table: its sheet.
        county: whose rows.
        rows: rows of the table.
        elsewhere: those of them that cannot be this county's, with the reason.
        owners: whose they are, where they name another county.
        first: whether what concerns the sheet as a whole is told here.
        partial: whether it is a sheet of the tool's own, which leaves out most issues.
        untouched: whether nobody has changed anything in it; it has no rows then.
        near: own headings that nearly are those of a known column, with that column.
    """

    path: Path
    source: Path
    name: str
    table: Table
    county: County
    rows: Rows
    elsewhere: dict[int, str]
    first: bool
    owners: Mapping[int, County] = field(default_factory=dict)
    partial: Kind | None = None
    untouched: bool = False
    near: tuple[tuple[str, str], ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """Headings of the county's own columns."""
        aside = beside(self.table, self.partial) if self.partial else ()
        return tuple(name for name in self.table.own if name not in aside)

    @property
    def content(self) -> pa.Table:
        """The cells of the list, without what the tool wrote beside them."""
        names = (*col.ISSUE_COLUMNS, *col.FURTHER_COLUMNS, *self.own)
        return ledger_table(self.table.cells, names)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file that was left aside.

    Attributes:
        file: its name.
        what: what it is, or what is wrong with it.
        remedy: the step that helps.
        county: the county whose list it would be, which keeps its ledger as it is; None
            if it is no list.
        line: where, if known.
    """

    file: str
    what: str
    remedy: str
    county: County | None = None
    line: int | None = None

    def __str__(self) -> str:
        line = f" 第{self.line}行" if self.line else ""
        kept = f"；{self.county.name}的台账没有改动" if self.county else ""
        return f"{self.file}{line}：{'，'.join(filter(None, (self.what, self.remedy)))}{kept}"


@dataclass(frozen=True, slots=True)
class LoosePicture:
    """A picture that came beside a list, in an archive or a mail.

    Attributes:
        name: as the sender sees it, with the outer file's name before it.
        path: where its bytes lie.
        county: whose it is.
    """

    name: str
    path: Path
    county: County


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in one call: the lists, and what is left aside.

    Attributes:
        batches: the lists.
        not_taken: files that were left aside.
        kept_back: lists that can be read, of counties that another list of cannot.
        loose: pictures beside lists.
    """

    batches: tuple[Batch, ...]
    not_taken: tuple[NotTaken, ...] = ()
    kept_back: tuple[Batch, ...] = ()
    loose: tuple[LoosePicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """How lists are read.

    Attributes:
        reading: how cells are read.
        layout: how to find the list in a file.
        county: whose lists they are, if the office says so.
        max_size: largest file in bytes.
        own: the layouts of counties that have headings of their own.
    """

    reading: Reading
    layout: Layout
    county: County | None = None
    max_size: int = MAX_FILE
    own: Mapping[County, Layout] = field(default_factory=dict)

    def layout_of(self, county: County | None) -> Layout:
        """How to find the list of a county; None if nobody knows yet whose it is."""
        return self.layout if county is None else self.own.get(county, self.layout)


def read_batches(
    paths: Sequence[Path],
    dataset: Dataset,
    how: Intake,
    folders: ExitStack,
    on_file: Callable[[Path], None] = lambda _path: None,
) -> Arrival:
    """Read all files, and tell whose every row is.

    A county with a list that cannot be read keeps its ledger as it is: none of
    its lists is taken.

    Args:
        paths: the files.
        dataset: roster and rules.
        how: how they are read.
        folders: keeps the folders that archives are laid out in, for their pictures.
        on_file: called before each file is read.
    """

    def folder() -> Path:
        return Path(folders.enter_context(tempfile.TemporaryDirectory()))

    def read(path: Path) -> list[Batch | NotTaken | LoosePicture]:
        on_file(path)
        try:
            inside = opened(path, folder, max(MAX_UNPACKED, how.max_size))
        except RefusedFileError as error:
            whose = how.county or county_of_file(readable(path.name), dataset.roster)
            return [_left_aside(readable(path.name), error, whose)]
        except OSError:
            inside = None  # Whoever reads it says better what is wrong.
        if inside is None:
            return [*_read(Member(readable(path.name), path), path, dataset, how)]
        found = [(member, one) for member in inside for one in _read(member, path, dataset, how)]
        return _with_pictures(found, dataset.roster, how.county)

    results = [one for some in on_all_cores(read, paths) for one in some]
    aside = tuple(one for one in results if isinstance(one, NotTaken))
    kept = {one.county for one in aside if one.county}
    batches = [one for one in results if isinstance(one, Batch)]
    return Arrival(
        tuple(batch for batch in batches if batch.county not in kept),
        aside,
        tuple(batch for batch in batches if batch.county in kept),
        tuple(one for one in results if isinstance(one, LoosePicture)),
    )


def _with_pictures(
    found: Sequence[tuple[Member, Batch | NotTaken]], roster: Roster, told: County | None
) -> list[Batch | NotTaken | LoosePicture]:
    """What an archive holds, its pictures as such where it is known whose they are."""
    counties = {one.county for _, one in found if isinstance(one, Batch)}
    only = told or (next(iter(counties)) if len(counties) == 1 else None)
    taken: list[Batch | NotTaken | LoosePicture] = []
    for member, one in found:
        if isinstance(one, Batch) or one.what != PICTURE:
            taken.append(one)
            continue
        named = (county_of_file(part, roster) for part in member.name.split("/"))
        county = told or next((county for county in named if county), only)
        taken.append(LoosePicture(member.name, member.path, county) if county else one)
    return taken


def _sheets_aside(member: Member, tables: Sequence[Table]) -> list[NotTaken]:
    """Sheets beside the lists that are none, each with the reason."""
    return [
        NotTaken(f"{member.name}/{sheet}", what, f"请{remedy}")
        for table in tables
        for sheet, why in table.grid.aside
        for what, _, remedy in [why.partition("，请")]
    ]


def _read(member: Member, path: Path, dataset: Dataset, how: Intake) -> list[Batch | NotTaken]:
    """The lists of one file, or why there is none."""
    roster = dataset.roster
    # In an archive the folder around a file may name its county; what is nearest goes first.
    around = reversed([readable(path.name), *member.name.split("/")[1:]])
    named = (county for name in around if (county := county_of_file(name, roster)))
    whose = how.county or next(named, None)
    if member.refusal:
        return [_left_aside(member.name, member.refusal, None)]
    try:
        layout = how.layout_of(whose)
        tables = read_tables(member.path, layout, how.reading.dates, how.max_size)
        batches = [
            _partial(batch, how.reading, layout)
            for table in tables
            for batch in _batches(member, path, table, roster, (how.county, whose))
        ]
        return [*batches, *_sheets_aside(member, tables)]
    except RefusedFileError as error:
        return [_left_aside(member.name, error, whose)]


def _left_aside(name: str, error: RefusedFileError, county: County | None) -> NotTaken:
    if isinstance(error, NotAListError):
        return NotTaken(name, error.what, error.remedy)
    what, *remedy = _REMEDY.split(error.message, maxsplit=1)
    return NotTaken(name, what, "".join(remedy), county=county, line=error.line)


def _partial(batch: Batch, reading: Reading, layout: Layout) -> Batch:
    """A batch that knows whether it is a sheet of the tool's own, and whether it was touched."""
    kind = kind_of(batch.table)
    if kind is None:
        own = batch.table.own if batch.first else ()
        return replace(batch, near=tuple(nearly_known(own, layout.finder))) if own else batch
    if untouched(batch.table, kind, reading.dates):
        none = np.zeros(0, np.int64)
        return replace(batch, rows=none, elsewhere={}, first=False, partial=kind, untouched=True)
    return replace(batch, partial=kind)


def _batches(
    member: Member,
    path: Path,
    table: Table,
    roster: Roster,
    said: tuple[County | None, County | None],
) -> Iterator[Batch]:
    """Split a table by county; what the file, sheet or office says goes before the cells."""
    county, named_so = said
    told = county or (county_of_file(table.sheet, roster) if table.sheet else None)
    told = told or named_so or _titled(table, roster)
    named = _named(table, roster)
    everything = np.arange(table.cells.num_rows)
    if told is not None:
        codes = [c.code if c else "" for c in named[1]]
        other = {
            int(row): ELSEWHERE for row in everything if named[0][row] and codes[row] != told.code
        }
        owners = {row: owner for row in other if (owner := named[1][row]) is not None}
        yield Batch(
            path, member.path, member.name, table, told, everything, other,
            first=True, owners=owners,
        )  # fmt: skip
        return
    if not any(named[1]):
        raise RefusedFileError("unknown-county", _UNKNOWN_COUNTY)
    first = True
    known = [c for c in roster.counties if c in named[1]]
    for owner in known:
        rows = [row for row in everything.tolist() if named[1][row] == owner]
        lost = [row for row in everything.tolist() if named[1][row] is None] if first else []
        yield Batch(
            path, member.path, member.name, table, owner, np.array(sorted(rows + lost)),
            dict.fromkeys(lost, NO_COUNTY), first=first,
        )  # fmt: skip
        first = False


def _named(table: Table, roster: Roster) -> tuple[list[str], list[County | None]]:
    """What each row's 县(市) says, and the county that it means."""
    if col.COUNTY not in table.cells.column_names:
        return [""] * table.cells.num_rows, [None] * table.cells.num_rows
    texts = [text.strip() for text in table.cells[col.COUNTY].to_pylist()]
    means = {text: find_county(text, roster) or county_of_file(text, roster) for text in set(texts)}
    return texts, [means[text] for text in texts]


def _titled(table: Table, roster: Roster) -> County | None:
    """The only county that the rows above the header name (填报单位：广南县…)."""
    text = "\n".join(cell for row in table.preface for cell in row)
    named = [county for county in roster.counties if county.name in text]
    return named[0] if len(named) == 1 else None

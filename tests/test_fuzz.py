"""Damaged files are refused in one line, or read: no traceback, no hang, no crash.

Every file is damaged at random from a seed of its own, so that a finding can be
made again: `python tests/test_fuzz.py FIRST COUNT FOLDER` leaves the files of
findings in the folder. DUZHAN_FUZZ says how many files to damage. They are read,
and every third is merged into a ledger that holds what was there before the
damage, in processes of their own, since a reader that aborts takes its process along.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from conftest import CASES, REPOSITORY
from duzhan.campaign.opening import open_dataset
from duzhan.dataset.config.rules import load_rules
from duzhan.dataset.layouts import issue_layout
from duzhan.dataset.ledger import reading_of
from duzhan.dataset.names import county_of_file
from duzhan.errors import DuzhanError
from duzhan.intake.grid import RefusedFileError
from duzhan.intake.tables import read_tables
from duzhan.register.arriving import Intake, read_batches
from duzhan.register.blending import MergeTerms
from duzhan.register.importing import take_in
from duzhan.register.judging import judge_of
from duzhan.report.pages.imported import import_json
from duzhan.store.canonical_csv import table_bytes
from duzhan.store.transaction import Store
from made import create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duzhan.intake.dates import DateReader
    from duzhan.intake.layout import Layout
    from duzhan.model import County
    from duzhan.register.importing import Account

COUNT = int(os.environ.get("DUZHAN_FUZZ", "400"))
SHARDS = 2
SLOW = 5.0
# A damaged length in an xls file reserves up to 4 GiB, without using them.
MEMORY = 8 << 30

SHEETS = sorted(
    path
    for folder in ("sheets", "formats")
    for path in (CASES / folder).iterdir()
    if path.suffix != ".json"
)
LISTS = sorted(CASES.glob("messy-*/issues/*.csv"))
# Each sheet as often as all the lists together: there is more in it to break.
SOURCES = [source for one in LISTS for source in (*SHEETS, one)]
ZIPPED = (".xlsx", ".ods", ".docx", ".xlsb")


class Finding(NamedTuple):
    """What went wrong with a damaged file, and the seed that makes it again."""

    seed: int
    source: str
    what: str


# ---------------------------------------------------------------- damage


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _delete(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 2, 16, 200))]


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    known = (b'"', b"\n", b",", b"\0", b"\xff\xfe", b"\r", b"9", b"<", b'r="', b"\xe5\x8e")
    data[at:at] = chance.choice((*known, chance.randbytes(chance.choice((1, 16, 300)))))


def _truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _double(data: bytearray, chance: random.Random) -> None:
    at, to = chance.randrange(len(data)), chance.randrange(len(data))
    data[to:to] = data[at : at + chance.choice((1, 8, 64, 512, 4096))]


def _number(data: bytearray, chance: random.Random) -> None:
    """Blow up a digit, or a word of a binary record: counts and places are kept so."""
    places = [at for at, byte in enumerate(data) if 48 <= byte <= 57] or [0]
    at = chance.choice(places)
    data[at : at + 1] = chance.choice((b"99999", b"-1", b"0", b"4294967295", b"\xff\xff\xff\xff"))


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _flip, _delete, _insert, _truncate, _double, _number,
)  # fmt: skip


def damaged(source: Path, seed: int) -> bytes:
    """Damage a file; a zipped one as a whole or, zipped anew, one of its members."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    data = source.read_bytes()
    if source.suffix not in ZIPPED or chance.random() < 0.4:
        return _damage(data, chance)
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = [name for name in old.namelist() if old.getinfo(name).file_size]
        sheets = [
            name
            for name in names
            if "sheet" in name or name in ("content.xml", "word/document.xml")
        ]
        victim = chance.choice(sheets if chance.random() < 0.5 else names)
        for name in old.namelist():
            member = old.read(name)
            new.writestr(
                zipfile.ZipInfo(name), _damage(member, chance) if name == victim else member
            )
    return target.getvalue()


def _damage(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if changed:
            chance.choice(DAMAGES)(changed, chance)
    return bytes(changed)


# ---------------------------------------------------------------- reading


def reader() -> tuple[Layout, DateReader]:
    rules, _ = load_rules(REPOSITORY / "data" / "milestones.yaml", "milestones.yaml")
    assert rules is not None
    return issue_layout(rules), reading_of(rules).dates


def tried(work: Callable[[], object]) -> str | None:
    """Do something with a damaged file, and tell what is wrong with how that went."""
    begun = time.process_time()
    try:
        work()
    except (RefusedFileError, DuzhanError) as error:
        message = str(error)
        if not message or "\n" in message.strip():
            return f"refused in no single line: {message!r}"
    except BaseException as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__module__}.{type(error).__name__}: {error}"
    spent = time.process_time() - begun
    return f"took {spent:.1f} s" if spent > SLOW else None


def read(path: Path, layout: Layout, dates: DateReader) -> None:
    for table in read_tables(path, layout, dates):
        table.lines(table.positions[:0])
        assert table.row_count == table.cells.num_rows + table.skipped


class Desk:
    """A dataset that has all sources on file, and takes damaged ones in by rehearsal."""

    def __init__(self, folder: Path) -> None:
        create(folder, sample=False)
        self.dataset = open_dataset(folder)
        self.reading = reading_of(self.dataset.rules)
        for source in (*SHEETS, *LISTS):
            with Store(folder) as store:
                self._taken(store, source, source)
                store.commit(command="import")

    def rehearse(self, path: Path, source: Path) -> None:
        """Merge; the ledger differs only where the account says so, and can be read again."""
        store = Store(self.dataset.root)
        for account in self._taken(store, path, source):
            added, updated, *_ = account.outcomes
            assert (account.entries is not None) == (added + updated > 0), "a silent change"
            assert account.rows == sum(account.outcomes) + account.skipped
            assert account.merged.cells.num_rows >= len(account.missing)
            county = account.batch.county
            assert import_json([account], [], {})["files"][0]["county"] == county.name
            again = self.dataset.root / f"{county.name} 再读.csv"
            again.write_bytes(table_bytes(account.merged.cells, account.merged.cells.column_names))
            (table,) = read_tables(again, issue_layout(self.dataset.rules), self.reading.dates)
            assert table.cells.num_rows == account.merged.cells.num_rows, "rows lost on the way"

    def _taken(self, store: Store, path: Path, source: Path) -> list[Account]:
        county = county_of_file(source.name, self.dataset.roster)
        how = Intake(self.reading, issue_layout(self.dataset.rules), county)
        with ExitStack() as folders:
            arrival = read_batches([path], self.dataset, how, folders)
        if arrival.not_taken:
            raise DuzhanError(str(arrival.not_taken[0]))
        return take_in(store, self.dataset, arrival.batches, self.reading, self._terms)

    def _terms(self, county: County) -> MergeTerms:
        today, passed = (dt.date(2021, month, 31).toordinal() for month in (8, 7))
        judged = judge_of(self.dataset, self.reading)(county)
        return MergeTerms(today, passed, county.short_name, judged)


def sweep(first: int, count: int, folder: Path) -> Iterator[Finding]:
    """Damage and read files; the file at hand is left behind if the process dies."""
    layout, dates = reader()
    desk = Desk(folder / "ds")
    for seed in range(first, first + count):
        source = SOURCES[seed % len(SOURCES)]
        path = folder / f"{seed}{source.suffix}"
        path.write_bytes(damaged(source, seed))
        what = tried(lambda: read(path, layout, dates))  # noqa: B023 - called at once
        if what is None and seed % 3 == 0:
            what = tried(lambda: desk.rehearse(path, source))  # noqa: B023
        if what:
            yield Finding(seed, source.name, what)
        else:
            path.unlink()
    shutil.rmtree(folder / "ds")


def main(first: str, count: str, folder: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for finding in sweep(int(first), int(count), Path(folder)):
        sys.stdout.write(json.dumps(finding, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def findings(first: int, count: int, folder: Path) -> list[Finding]:
    """What a process of its own finds; if a file kills or stops it, that file and go on."""
    found: list[Finding] = []
    end = first + count
    while first < end:
        begun = first
        arguments = [str(first), str(end - first), str(folder)]
        timeout = 60 + (end - first) * 0.5
        try:
            done = subprocess.run(
                [sys.executable, __file__, *arguments],
                capture_output=True,
                timeout=timeout,
                check=False,
            )
            said, code = done.stdout, str(done.returncode)
            if code == "0" and done.stderr:
                # A reader that panics says so aloud, whatever is made of it later.
                found.append(Finding(first, "?", f"noise: {done.stderr[:500].decode()}"))
        except subprocess.TimeoutExpired as error:
            said, code = error.stdout or b"", "a hang"
        found.extend(Finding(*json.loads(line)) for line in said.decode().splitlines())
        if code == "0":
            return found
        told = {finding.seed for finding in found}
        stems = (path.stem for path in folder.iterdir() if path.is_file())
        left = [int(stem) for stem in stems if int(stem) >= begun]
        shutil.rmtree(folder / "ds", ignore_errors=True)
        seed = max((seed for seed in left if seed not in told), default=end)
        name = SOURCES[seed % len(SOURCES)].name
        found.append(Finding(seed, name, f"the process ended with {code}"))
        first = seed + 1
    return found


# ---------------------------------------------------------------- tests


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_damaged_file_is_read_or_refused_in_one_line(shard: int, tmp_path: Path) -> None:
    count = COUNT // SHARDS

    assert findings(shard * count, count, tmp_path) == []


def test_the_same_seed_damages_alike() -> None:
    for seed, source in enumerate(SOURCES):
        assert damaged(source, seed) == damaged(source, seed)


def rewritten(source: Path, target: Path, member: str, old: bytes, new: bytes) -> Path:
    """Copy a zipped workbook, with some bytes of one member replaced."""
    with zipfile.ZipFile(source) as was, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as now:
        for name in was.namelist():
            data = was.read(name)
            if name.endswith(member):
                assert old in data
                data = data.replace(old, new, 1)
            now.writestr(name, data)
    return target


def assert_refused_at_once(path: Path) -> None:
    """Read a file in a process of its own, with little memory."""
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_fuzz as fuzz\n"
        "resource.setrlimit(resource.RLIMIT_AS, (fuzz.MEMORY, fuzz.MEMORY))\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "begun = fuzz.time.process_time()\n"
        "try:\n"
        "    fuzz.read_tables(Path(sys.argv[1]), *fuzz.reader())\n"
        "except fuzz.RefusedFileError as error:\n"
        "    print(error.message)\n"
        "assert fuzz.time.process_time() - begun < fuzz.SLOW, 'slow'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == 1


XLSX = CASES / "sheets" / "富宁县问题清单.xlsx"
ODS = CASES / "sheets" / "三县汇总.ods"


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    bomb = tmp_path / "富宁县.xlsx"
    block = b" " * (1 << 20)
    with (
        zipfile.ZipFile(XLSX) as was,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as now,
    ):
        for name in was.namelist():
            if not name.endswith("sheet1.xml"):
                now.writestr(name, was.read(name))
                continue
            head, end, rest = was.read(name).rpartition(b"</sheetData>")
            with now.open(name, "w", force_zip64=True) as member:
                member.write(head)
                for _ in range(1100):
                    member.write(block)
                member.write(end + rest)

    assert_refused_at_once(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    honest = rewritten(
        XLSX,
        tmp_path / "a.xlsx",
        "sheet1.xml",
        b"</sheetData>",
        b" " * (50 << 20) + b"</sheetData>",
    )
    with zipfile.ZipFile(honest) as archive:
        size = next(e.file_size for e in archive.infolist() if e.filename.endswith("sheet1.xml"))
    data = honest.read_bytes()
    lie = tmp_path / "富宁县.xlsx"
    lie.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))

    assert_refused_at_once(lie)


def test_one_cell_in_the_last_corner_of_an_xlsx_sheet_does_not_fill_the_memory(
    tmp_path: Path,
) -> None:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    far = rewritten(XLSX, tmp_path / "富宁县.xlsx", "sheet1.xml", b"</sheetData>", cell)

    assert_refused_at_once(far)


def test_a_row_repeated_four_billion_times_in_an_ods_sheet_is_refused(tmp_path: Path) -> None:
    row = (
        b'<table:table-row table:number-rows-repeated="4000000000">'
        b'<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
        b"</table:table-row></table:table>"
    )
    tall = rewritten(ODS, tmp_path / "汇总.ods", "content.xml", b"</table:table>", row)

    assert_refused_at_once(tall)


if __name__ == "__main__":
    main(*sys.argv[1:])

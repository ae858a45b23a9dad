"""Damages files at random, and reads them or merges them into a ledger.

Every file is damaged from a seed of its own, so that a finding can be made again:
`python tests/damage.py FIRST COUNT FOLDER` leaves the files of findings in the folder.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import resource
import shutil
import sys
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from duzhan.campaign.opening import open_dataset
from duzhan.cli import main as duzhan
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
    from collections.abc import Callable, Iterator, Sequence

    from duzhan.intake.dates import DateReader
    from duzhan.intake.layout import Layout
    from duzhan.model import County
    from duzhan.register.importing import Account

SLOW = 5.0
# Of one core; a machine that does other things too takes longer.
SECONDS = 20
HERE = Path(__file__).parent
CASES = HERE / "cases"
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
    rules, _ = load_rules(HERE.parent / "data" / "milestones.yaml", "milestones.yaml")
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


def limited() -> None:
    """Let this process have little memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(words: Sequence[str]) -> None:
    """Tell what is found in files: the first seed, how many, and a folder to leave findings in."""
    first, count, folder = words
    limited()
    for finding in sweep(int(first), int(count), Path(folder)):
        sys.stdout.write(json.dumps(finding, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def main_limited(words: Sequence[str]) -> None:
    """Run a command with less memory still, and as little time as a sound file takes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY // 4, MEMORY // 4))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    duzhan(words)


def refuse_at_once(words: Sequence[str]) -> None:
    """Read a file, and say why it is refused."""
    limited()
    begun = time.process_time()
    try:
        read_tables(Path(words[0]), *reader())
    except RefusedFileError as error:
        sys.stdout.write(f"{error.message}\n")
        sys.stdout.flush()
    assert time.process_time() - begun < SLOW, "slow"


if __name__ == "__main__":
    main(sys.argv[1:])

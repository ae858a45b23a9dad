"""A second look gives the answer of the first, whatever happened to the files in between."""

from __future__ import annotations

import datetime as dt
import errno
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import duzhan
from conftest import REPOSITORY, case_dataset
from duzhan.campaign import kept_lists, rested_lists
from duzhan.campaign.opening import open_dataset, read_dataset
from duzhan.campaign.standing import Campaign
from duzhan.compliance.counting import count_spells
from duzhan.dataset import judging, ledger
from duzhan.errors import DuzhanError
from duzhan.intake import tables
from duzhan.parquet.writing import export_parquet
from duzhan.report.json.status import status_json
from duzhan.store.cache import FOLDER, VARIABLE, Cache, without_cache
from duzhan.store.plain import plain, restored
from small import Calls, small_dataset, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = (dt.date(2021, 6, 24), dt.date(2021, 9, 2))
LAW = settings(
    max_examples=int(os.environ.get("DUZHAN_LAWS", "1")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def with_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)


def answer(root: Path, day: dt.date, county: str | None = None) -> tuple[Any, ...]:
    """All that `status` says and shows, and what it is made of."""
    dataset = open_dataset(root, keep=True)
    chosen = next((one for one in dataset.roster.counties if one.name == county), None)
    campaign = Campaign(dataset, day, chosen, only_counts=True)
    return (
        (campaign.faults, campaign.list_faults, campaign.refused, campaign.missing),
        status_json(campaign.overview, dataset.rules),
        campaign.records,
        (dataset.roster, dataset.rules),
    )


def anew(root: Path, day: dt.date, county: str | None = None) -> tuple[Any, ...]:
    with without_cache():
        return answer(root, day, county)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[set[str] | None]:
    """Which counties' lists were read, one entry a time; None for all."""
    seen: list[set[str] | None] = []
    load = ledger.load_ledger

    def noted(root: Any, roster: Any, rules: Any, only: Any = None, **more: Any) -> Any:  # noqa: ANN401
        names = {one.code: one.name for one in roster.counties}
        seen.append(None if only is None else {names[code] for code in only})
        return load(root, roster, rules, only, **more)

    monkeypatch.setattr(ledger, "load_ledger", noted)
    return seen


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ---------------------------------------------------------------- any edits


def cell(root: Path, chance: random.Random) -> None:
    """Another figure somewhere in a list, of the same length, and no later time."""
    path = chance.choice(sorted((root / "issues").glob("*.csv")) or [root / "scores.csv"])
    data, before = bytearray(path.read_bytes()), path.stat()
    digits = [at for at, byte in enumerate(data) if byte in b"0123456789"]
    if digits:
        data[chance.choice(digits)] = chance.choice(b"0123456789")
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def line(root: Path, chance: random.Random) -> None:
    """A line less in any file of rows."""
    path = chance.choice([*root.glob("*.csv"), *(root / "issues").glob("*.csv")])
    lines = path.read_bytes().splitlines(keepends=True)
    if len(lines) > 1:
        del lines[chance.randrange(1, len(lines))]
    path.write_bytes(b"".join(lines))


def score(root: Path, _: random.Random) -> None:
    """An assessment less."""
    path = root / "scores.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def name(root: Path, chance: random.Random) -> None:
    """A list is another county's, or nobody's; or it is gone, empty, or only a header."""
    path = chance.choice(sorted((root / "issues").iterdir()) or [root / "scores.csv"])
    match chance.randrange(5):
        case 0:
            path.rename(path.with_name(f"{chance.choice(['富宁县', '文山市'])} 又{path.name}"))
        case 1:
            path.rename(path.with_name(f"汇总 {path.name}"))
        case 2:
            path.unlink()
        case 3:
            path.write_bytes(b"")
        case 4:
            path.write_text("编号,问题描述\n", encoding="utf-8")


def register(root: Path, chance: random.Random) -> None:
    """A row more in a register, of an issue that is there or is not."""
    issue = f"马关-00{chance.randrange(1, 30):02}"
    rows = {
        "extensions.csv": f"{issue},马关县,,,2021-09-30,雨季,李处长,2021-07-20,,\n",
        "rechecks.csv": f"2021-09-01,马关县,{issue},不属实,丁四,\n",
    }
    file = chance.choice(sorted(rows))
    with (root / file).open("a", encoding="utf-8") as out:
        out.write(rows[file])


def rules(root: Path, chance: random.Random) -> None:
    """Another rule."""
    path = root / "milestones.yaml"
    text = path.read_text("utf-8")
    needed = f"closure_needs_verifier: {chance.choice(['true', 'false'])}"
    text = text.replace("closure_needs_verifier: false", needed)
    path.write_text(text.replace("warn_days: 10", f"warn_days: {chance.randrange(9, 30)}"), "utf-8")


def roster(root: Path, _: random.Random) -> None:
    """A county reports that there is nothing to rectify."""
    path = root / "groups.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("zero_list_confirmed_by:\n", "zero_list_confirmed_by: 张三\n", 1))


def damage(root: Path, chance: random.Random) -> None:
    """Something becomes of the cache."""
    folder = root / FOLDER
    documents = [path for path in sorted(folder.glob("[!.]*")) if path.is_file()]
    if not documents:
        return
    path = chance.choice(documents)
    data = bytearray(path.read_bytes())
    match chance.randrange(8):
        case 0:
            path.write_bytes(data[: chance.randrange(len(data))])
        case 1:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
        case 2:
            path.unlink()
            path.mkdir()
        case 3:
            path.rename(root / "elsewhere")
            path.symlink_to(root / "elsewhere")
        case 4:
            os.mkfifo(path.with_name("pipe"))
            path.with_name("pipe").replace(path)
        case 5:
            shutil.rmtree(folder)
            folder.write_bytes(b"")
        case 6:
            path.write_bytes(chance.choice(documents).read_bytes())
        case 7:
            path.write_bytes(bytes(data).replace(b"2021", b"2022"))


EDITS: tuple[Callable[[Path, random.Random], None], ...] = (
    cell, cell, line, name, register, rules, roster, damage, damage,
)  # fmt: skip


def case(folder: Path) -> Path:
    root = case_dataset(folder, "messy-1")
    # Where items are known, their issues are looked at one by one.
    (root / "standard.yaml").unlink()
    (root / "score_items.csv").unlink()
    return root


@LAW
@example([cell, score, register, rules, roster, name, damage], random.Random(1))  # noqa: S311 - no secret
@given(st.lists(st.sampled_from(EDITS), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_after_any_edits_the_answer_is_that_of_a_first_look(
    edits: list[Callable[[Path, random.Random], None]], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = case(Path(folder) / "ds")
        answer(root, DAYS[0])
        for edit in edits:
            edit(root, chance)
            day = chance.choice(DAYS)
            expected = anew(root, day)
            assert [answer(root, day), answer(root, day)] == [expected, expected], edit.__name__
        assert answer(root, DAYS[0], "马关县") == anew(root, DAYS[0], "马关县")


# ---------------------------------------------------------------- a ledger at rest


def resting(folder: Path) -> tuple[Path, Path]:
    """A dataset in files, and one beside it whose ledger is the other's, exported."""
    root, rested = case(folder / "ds"), folder / "rested"
    shutil.copytree(root, rested, ignore=shutil.ignore_patterns("issues"))
    export_parquet(open_dataset(root), rested / "台账")
    with (rested / "milestones.yaml").open("a", encoding="utf-8") as file:
        file.write("\nledger_parquet: 台账\n")
    return root, rested


def told(look: Callable[[Path, dt.date], tuple[Any, ...]], root: Path, day: dt.date) -> object:
    """An answer, or why there is none."""
    try:
        return look(root, day)
    except DuzhanError as error:
        return str(error)


def export_again(rested: Path, chance: random.Random) -> None:
    """The lists change, and are exported again."""
    root = rested.with_name("ds")
    chance.choice((cell, line))(root, chance)
    export_parquet(open_dataset(root), rested / "台账")


def spoil(rested: Path, chance: random.Random) -> None:
    """A file of the ledger is no more what was exported."""
    path = chance.choice(sorted(rested.glob("台账/data-*/spells/*.parquet")))
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1
    path.write_bytes(data)


AT_REST: tuple[Callable[[Path, random.Random], None], ...] = (
    export_again, export_again, rules, roster, damage, damage, spoil,
)  # fmt: skip


@LAW
@example([export_again, rules, roster, damage, spoil], random.Random(1))  # noqa: S311 - no secret
@given(
    st.lists(st.sampled_from(AT_REST), min_size=2, max_size=4), st.randoms(use_true_random=False)
)
def test_of_a_ledger_at_rest_too_the_answer_is_that_of_a_first_look(
    edits: list[Callable[[Path, random.Random], None]], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _, rested = resting(Path(folder))
        answer(rested, DAYS[0])
        for edit in edits:
            edit(rested, chance)
            day = chance.choice(DAYS)
            expected = told(anew, rested, day)
            got = [told(answer, rested, day), told(answer, rested, day)]
            assert got == [expected, expected], edit.__name__


def test_a_ledger_at_rest_is_counted_once_for_each_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, rested = resting(tmp_path)
    path = min(rested.glob("台账/data-*/spells/*.parquet"))
    whole, counted = path.read_bytes(), []

    def noted(*asked: Any) -> Any:  # noqa: ANN401 - passed on
        counted.append(asked)
        return count_spells(*asked)

    def while_somebody_writes(*asked: Any) -> Any:  # noqa: ANN401 - passed on
        path.write_bytes(whole[:-1])
        return noted(*asked)

    def times(*asked: Any) -> int:  # noqa: ANN401 - passed on
        counted.clear()
        assert answer(rested, *asked)[1:3] == answer(root, *asked)[1:3]
        return len(counted)

    monkeypatch.setattr(rested_lists, "count_spells", while_somebody_writes)
    assert times(DAYS[0])
    path.write_bytes(whole)
    monkeypatch.setattr(rested_lists, "count_spells", noted)
    anew(rested, DAYS[0])
    assert "rested" not in names(rested / FOLDER)
    assert times(DAYS[0])
    assert [times(DAYS[0]), times(DAYS[1]) > 0, times(DAYS[1]), times(DAYS[0])] == [0, True, 0, 0]
    assert times(DAYS[0], "马关县")


# ---------------------------------------------------------------- what is read


def test_a_second_look_reads_no_list(tmp_path: Path, readings: list[set[str] | None]) -> None:
    root = case(tmp_path / "ds")
    first = answer(root, DAYS[0])

    assert (answer(root, DAYS[0]), readings) == (first, [None])
    assert answer(root, DAYS[0], "马关县")[1]["counties"][0] == next(
        one for one in first[1]["counties"] if one["county"] == "马关县"
    )
    assert readings == [None]


def test_a_second_look_loads_nothing_that_only_reading_needs(tmp_path: Path) -> None:
    root = small_dataset(tmp_path / "ds")
    answer(root, DAYS[0])
    code = (
        "import sys; from duzhan.cli import app;"
        f"app(['--data', {str(root)!r}, 'status', '--as-of', {DAYS[0].isoformat()!r}, '--json'],"
        "standalone_mode=False);"
        "print({'numpy', 'pyarrow', 'yaml', 'pydantic', 'narwhals'} & set(sys.modules),"
        "file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "set()"


def test_only_the_county_that_changed_is_read_again(
    tmp_path: Path, readings: list[set[str] | None]
) -> None:
    root = case(tmp_path / "ds")
    answer(root, DAYS[0])
    (root / "issues" / "文山市.csv").write_text("编号,问题描述\n文-1,占道\n", "utf-8")

    again = answer(root, DAYS[0])

    assert readings == [None, {"文山市"}]
    assert again == anew(root, DAYS[0])


def test_another_day_is_counted_anew_and_both_are_kept(
    tmp_path: Path, readings: list[set[str] | None]
) -> None:
    root = case(tmp_path / "ds")
    for day in (*DAYS, *DAYS):
        answer(root, day)

    assert readings == [None, None]


@pytest.mark.parametrize("switch", ["option before", "option after", "variable", "python"])
def test_whoever_wants_no_cache_has_none(
    switch: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    calls = Calls(small_dataset(tmp_path / "ds"), capsys)
    words = ("status", "--as-of", "2021-06-25")
    match switch:
        case "option before":
            said = calls.done("--no-cache", *words)
        case "option after":
            said = calls.done(*words, "--no-cache")
        case "variable":
            monkeypatch.setenv(VARIABLE, "1")
            said = calls.done(*words)
        case _:
            duzhan.open(calls.folder, as_of="2021-06-25", cache=False).status()
            said = calls.done(*words, "--no-cache")

    assert not (calls.folder / FOLDER).exists()
    monkeypatch.delenv(VARIABLE, raising=False)
    assert [calls.done(*words), calls.done(*words)] == [said, said]
    assert (calls.folder / FOLDER / "lists").is_file()


def test_commands_that_are_to_change_nothing_keep_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(small_dataset(tmp_path / "ds"), capsys)
    for words in ("groups", "check", "overdue --as-of 2021-06-25", "import --dry-run 无.csv"):
        calls(*words.split())

    assert not (calls.folder / FOLDER).exists()


def test_from_python_the_second_look_is_the_same(
    tmp_path: Path, readings: list[set[str] | None]
) -> None:
    root = small_dataset(tmp_path / "ds")
    frames = [duzhan.open(root, as_of="2021-06-25").status() for _ in range(2)]

    assert len(readings) == 1
    assert frames[0].equals(frames[1])


def test_a_faulty_configuration_is_told_every_time(tmp_path: Path) -> None:
    root = small_dataset(tmp_path / "ds")
    path = root / "groups.yaml"
    path.write_text(path.read_text("utf-8").replace("email:", "email: 不是地址", 1), "utf-8")

    told = [open_dataset(root).roster.faults for _ in range(2)]

    assert told[0] == told[1] != ()


# ---------------------------------------------------------------- what is trusted, and left


def test_what_changes_while_it_is_read_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small_dataset(tmp_path / "ds")
    path = root / "issues" / "广南县.csv"
    before, after = path.read_bytes(), path.read_bytes().replace(b"2021-07-01", b"2021-06-02")
    judge = judging.judge

    def judged(*given: Any, **more: Any) -> Any:  # noqa: ANN401
        path.write_bytes(after)
        return judge(*given, **more)

    table = tables.read_tables

    def read(file: Path, *given: Any, **more: Any) -> Any:  # noqa: ANN401
        found = table(file, *given, **more)
        if file.name == path.name:
            path.write_bytes(after)
        return found

    for module, function in (("judge", judged), ("read_tables", read)):
        path.write_bytes(before)
        with monkeypatch.context() as patch:
            patch.setattr(ledger, module, function)
            answer(root, DAYS[0])
        assert answer(root, DAYS[0]) == anew(root, DAYS[0])
        path.write_bytes(before)
        assert answer(root, DAYS[0]) == anew(root, DAYS[0])


def test_a_large_list_is_known_by_what_was_read_of_it(
    tmp_path: Path, readings: list[set[str] | None]
) -> None:
    root = small_dataset(tmp_path / "ds")
    path = root / "issues" / "广南县.csv"
    rows = path.read_text("utf-8-sig").splitlines()
    wide = rows[2].replace("（", "（" * 40)
    long = [wide.replace("广南-0002", f"广南-{number}") for number in range(9000)]
    path.write_text("\n".join([rows[0], *long]) + "\n", "utf-8")

    assert path.stat().st_size > 1 << 20
    assert answer(root, DAYS[0]) == answer(root, DAYS[0])
    assert readings == [None]


@pytest.mark.parametrize("limit", ["a full disk", "a file in its place", "another's folder"])
def test_where_nothing_can_be_kept_the_answer_is_the_same(
    limit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = Calls(small_dataset(tmp_path / "ds"), capsys)
    expected = calls.done("status", "--as-of", "2021-06-25", "--no-cache")
    folder = calls.folder / FOLDER
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    match limit:
        case "a full disk":
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 10, hard))
        case "a file in its place":
            folder.write_bytes(b"")
        case _:
            folder.mkdir()
            folder.chmod(0o777)
    try:
        said = [calls.done("status", "--as-of", "2021-06-25") for _ in range(2)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert said == [expected, expected]
    left = names(folder) if folder.is_dir() else []
    # What fits onto the disk may stand there; half a document never does.
    assert "configuration" not in left
    assert [name for name in left if name.endswith(".tmp")] == []


def test_a_list_that_cannot_be_looked_at_is_told_of_as_without_the_cache(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(small_dataset(tmp_path / "ds"), capsys)
    calls.done("status", "--as-of", "2021-06-25")
    closed = next(path for path in (calls.folder / "issues").iterdir())

    def closing(call: Callable[..., Any]) -> Callable[..., Any]:
        def refused(path: Any, *more: Any, **named: Any) -> Any:  # noqa: ANN401
            if path in (closed, str(closed)):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return call(path, *more, **named)

        return refused

    for name in ("stat", "open"):
        monkeypatch.setattr(os, name, closing(getattr(os, name)))
    words = ("status", "--as-of", "2021-06-25")
    assert calls(*words) == calls(*words, "--no-cache")


def test_nobody_else_in_the_dataset_notices_the_cache(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_dataset(tmp_path / "ds")
    calls = Calls(root, capsys)
    commands = (
        ("weekly-report", "--week", "2021-W25", "--format", "json"),
        ("check", "--json"),
    )
    before = [calls(*words, "--no-cache") for words in commands]
    files = snapshot(root)
    calls.done("status", "--as-of", "2021-06-25")

    assert [calls(*words) for words in commands] == before
    hidden = {name for name in snapshot(root) if name not in files}
    assert {Path(name).parts[0] for name in hidden} == {FOLDER}
    calls.done("close", "富宁-0002", "--on", "2021-06-24", "--by", "赵六")
    assert answer(root, DAYS[0]) == anew(root, DAYS[0])


def test_two_writers_leave_a_whole_document(tmp_path: Path) -> None:
    documents = [["x" * 5000], ["y" * 9000]]

    def write(document: Any) -> list[Any]:  # noqa: ANN401
        cache = Cache(tmp_path, "program")
        found = []
        for _ in range(40):
            cache.put("lists", "key", document)
            found.append(cache.get("lists", "key"))
        return found

    with ThreadPoolExecutor(2) as writers:
        found = [one for job in writers.map(write, documents) for one in job]

    assert all(one in documents for one in found)
    assert names(tmp_path / FOLDER) == [".gitignore", "lists"]


def test_what_killed_writers_left_goes(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "program")
    cache.put("lists", "key", 1)
    for number in range(20):
        (tmp_path / FOLDER / f"lists-{number}.tmp").write_bytes(b"half")
    cache.put("lists", "key", 2)

    assert names(tmp_path / FOLDER) == [".gitignore", "lists"]
    assert cache.get("lists", "key") == 2


def test_another_program_or_key_finds_nothing(tmp_path: Path) -> None:
    Cache(tmp_path, "program").put("lists", "key", 1)

    assert Cache(tmp_path, "program 2").get("lists", "key") is None
    assert Cache(tmp_path, "program").get("lists", "key 2") is None
    assert Cache(tmp_path, "program").get("records", "key") is None


@pytest.mark.parametrize("place", ["folder", "document"])
def test_what_others_can_write_is_not_trusted(place: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path, "program")
    cache.put("lists", "key", 1)
    folder = tmp_path / FOLDER
    (folder if place == "folder" else folder / "lists").chmod(0o777)

    assert cache.get("lists", "key") is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only the system's account gives files away")
def test_what_the_systems_account_keeps_belongs_to_the_datasets_owner(tmp_path: Path) -> None:
    os.chown(tmp_path, 1234, 1234)
    cache = Cache(tmp_path, "program")
    cache.put("lists", "key", 1)

    assert cache.get("lists", "key") == 1
    kept = (tmp_path / FOLDER, *(tmp_path / FOLDER).iterdir())
    assert {(path.stat().st_uid, path.stat().st_gid) for path in kept} == {(1234, 1234)}


def test_who_does_not_own_the_dataset_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cache(tmp_path, "program").put("lists", "key", 1)
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    Cache(tmp_path, "program").put("lists", "key", 2)

    assert Cache(tmp_path, "program").get("lists", "key") == 1


# ---------------------------------------------------------------- values as plain data


DATASETS = (REPOSITORY / "data", *sorted((REPOSITORY / "examples").iterdir()))


@pytest.mark.parametrize("root", DATASETS, ids=lambda root: root.name)
def test_roster_rules_and_records_come_back_as_they_were(root: Path) -> None:
    dataset, _ = read_dataset(root)
    assert dataset is not None
    campaign = Campaign(dataset, DAYS[0])
    values = (dataset.roster, dataset.rules, campaign.records, tuple(campaign._records[1]))

    back = restored(plain(values))

    assert back == values
    # Some fields are no part of equality.
    assert repr(back) == repr(values)


@pytest.mark.parametrize("wrong", [{"County": 1}, {"Nobody": []}, {"date": "x"}, {}])
def test_what_is_no_value_is_refused(wrong: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=r"."):
        restored(wrong)


def test_days_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_dataset(tmp_path / "ds")
    monkeypatch.setattr(kept_lists, "_MOST_DAYS", 4)
    sizes = []
    for number in range(6):
        answer(root, DAYS[0] + dt.timedelta(days=number))
        sizes.append((root / FOLDER / "lists").stat().st_size)

    assert max(sizes[2:]) <= max(sizes[:2]) * 1.1
    assert answer(root, DAYS[0]) == anew(root, DAYS[0])

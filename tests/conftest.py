"""Shared ways to make a dataset and to run the program as a real process."""

from __future__ import annotations

import functools
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings

from duzhan.campaign import opening
from duzhan.cli import main
from duzhan.dataset.folder import read_configuration
from duzhan.errors import FAULT_WORDS, INTERNAL_FAULT
from made import configuration, create

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from playwright.sync_api import Browser

Finished = TypeVar("Finished", bound="subprocess.CompletedProcess[Any]")

HERE = Path(__file__).parent
CASES = HERE / "cases"
REPOSITORY = HERE.parent
# A test looks at what the program makes of files, and may change the program under it.
os.environ["DUZHAN_NO_CACHE"] = "1"
# Variables that the program itself reads, as it runs.
OURS = ("NO_COLOR", "COLUMNS")

# The hundreds of processes that tests start load the same modules: the first one that loads
# a module keeps it compiled for the others, here as on a user's machine.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# A law is tried with some examples; nightly, with as many as DUZHAN_LAWS says.
EXAMPLES = int(os.environ.get("DUZHAN_LAWS", "30"))
# An example takes as long as the others on the machine let it.
settings.register_profile("here", deadline=None, max_examples=EXAMPLES)
# Where nobody waits to debug, the first example that fails is enough, with what repeats it.
settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=EXAMPLES,
    print_blob=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
if "CI" in os.environ:
    settings.load_profile("ci")
elif settings.get_current_profile_name() == "default":
    settings.load_profile("here")


# The files that take longest, longest first: begun late, others would wait for them at the end.
LONG = [
    *("spark", "faults", "weekly_docx", "dashboard_browser", "fuzz", "engines", "mail_bounds"),
    *("mail_commands", "charts", "batches", "mail_kill", "import_laws", "dashboard", "form"),
    *("import", "cache", "cli", "visit", "brief", "mail_faults", "robots", "hostile_files"),
]
# Those that go to one worker, whose browser and pages they share.
BROWSING = {"test_dashboard_browser", "test_dashboard", "test_weekly_browser", "test_brief"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files."""
    place = {f"test_{name}.py": number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


def pytest_collection_finish() -> None:
    """What all the modules of the tests hold need not be looked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - xdist's
    """Give each worker a file after the other: what a file's tests share is made once so."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "browsing" if Path(file).stem in BROWSING else file

    config.option.loadscopereorder = False
    return Files(config, log)


class Run(Protocol):
    """Runs `duzhan` with arguments."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]: ...


def answered(result: Finished) -> Finished:
    """A process that did not end in a fault of the program, which answers nothing.

    `main` catches everything, so a test that looks for a traceback looks for what cannot be.

    Raises:
        AssertionError: the exit code of an internal fault, or its words.
    """
    said = "".join(
        stream.decode(errors="replace") if isinstance(stream, bytes) else str(stream or "")
        for stream in (result.stdout, result.stderr)
    )
    assert result.returncode != INTERNAL_FAULT, said
    assert FAULT_WORDS not in said, said
    return result


@pytest.fixture(autouse=True, scope="session")
def no_fault_is_an_answer() -> Iterator[None]:
    """Whichever test waits for a process with `subprocess.run`: an internal fault fails it."""
    run = subprocess.run

    def checked(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as subprocess has it
        return answered(run(*arguments, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", checked)
        yield


@pytest.fixture(autouse=True, scope="session")
def rosters_and_rules_are_read_once() -> Iterator[None]:
    """Commands in this process know those of the same bytes; tests about reading them do not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "read_configuration", configuration)
        yield


@pytest.fixture
def rosters_and_rules_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process of one command: for tests of how often and when they are read."""
    monkeypatch.setattr(opening, "read_configuration", read_configuration)


@pytest.fixture(autouse=True)
def no_dataset_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets to name its dataset must not find the developer's."""
    for name in ("DUZHAN_DATA", "DUZHAN_TODAY", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def called(
    arguments: Sequence[str | Path], folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command in this process, in a folder and with these variables besides its own."""
    told = list(map(str, arguments))
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as err,
    ):
        patch.chdir(folder)
        for name, value in variables.items():
            patch.setenv(name, value)
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main(told)
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read())
    assert isinstance(end.value.code, int)
    return answered(subprocess.CompletedProcess(told, end.value.code, *said))


@pytest.fixture
def run(tmp_path: Path, start: Run) -> Run:
    """Run a command in this process, in a folder without a dataset unless told otherwise.

    Whatever else than the program reads the variables given, such as LANG, does so at its
    start: then it is started.
    """

    def here(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        more = env or {}
        if not all(name.startswith(("DUZHAN_", *OURS)) for name in more):
            return start(*arguments, cwd=cwd, env=env)
        return called(arguments, cwd or tmp_path, more)

    return here


def done(*arguments: str | Path) -> str:
    """What a command prints that must succeed, run as `run` does."""
    result = called(arguments, HERE, {})
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def start(tmp_path: Path) -> Run:
    """Start the program as its users do, in a folder without a dataset unless told otherwise."""

    def begin(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "duzhan", *map(str, arguments)],
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return begin


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A new dataset without any list."""
    folder = tmp_path / "ds"
    create(folder, sample=False)
    return folder


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of the sample dataset."""
    folder = tmp_path / "sample"
    create(folder, sample=True)
    return folder


def case_dataset(folder: Path, name: str) -> Path:
    """Lay the files of a case over a new dataset."""
    create(folder, sample=False)
    shutil.copytree(
        CASES / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected")
    )
    return folder


@pytest.fixture(scope="session")
def dashboard_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """A case, or the sample, and its page as of the campaign's last day; nobody changes them."""

    @functools.cache
    def made(name: str) -> tuple[Path, Path]:
        root = tmp_path_factory.mktemp(f"page of {name}") / name
        if name == "sample":
            create(root, sample=True)
        else:
            case_dataset(root, name)
        page = root.with_suffix(".html")
        done("dashboard", "--data", root, "--as-of", "2021-12-31", "-o", page)
        return root, page

    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all the files that open pages; see `BROWSING`."""
    from browser import chromium

    with chromium() as started:
        yield started


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON document
    """Parse what a command printed."""
    return json.loads(text)


def require(*programs: str) -> None:
    """Skip where a real program is missing; CI installs them all, so there it is an error."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and "CI" not in os.environ:
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert not missing


def converted(path: Path, kind: str, folder: Path) -> Path:
    """Let LibreOffice open a document and save it in another format; see `all_converted`."""
    (made,) = all_converted([path], kind, folder)
    return made


def all_converted(paths: Sequence[Path], kind: str, folder: Path) -> list[Path]:
    """Let one LibreOffice open documents and save them in another format.

    It starts for longer than it takes to convert many.

    Args:
        paths: the documents, with different names.
        kind: the format's ending, with an export filter's name and options if it needs one,
            such as ``csv:Text - txt - csv (StarCalc):44,34,76``.
        folder: where the results and the program's own profile go.
    """
    require("soffice")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    ending = kind.partition(":")[0]
    subprocess.run(
        [
            *("soffice", profile, "--headless"),
            *("--convert-to", kind),
            *("--outdir", str(folder / ending), *map(str, paths)),
        ],
        check=True,
        capture_output=True,
        timeout=120 + 10 * len(paths),
    )
    return [folder / ending / f"{path.stem}.{ending}" for path in paths]


def on_a_terminal(
    arguments: tuple[str, ...],
    columns: int = 80,
    *,
    raw: bool = False,
    env: dict[str, str] | None = None,
) -> list[str]:
    """What a terminal of that width shows."""
    import pexpect
    import pyte

    child = pexpect.spawn(
        sys.executable,
        ["-m", "duzhan", *arguments],
        dimensions=(60, columns),
        env={**os.environ, "TERM": "xterm-256color", **(env or {})},
        encoding="utf-8",
        timeout=60,
    )
    text = child.read()
    child.close()
    assert child.exitstatus != INTERNAL_FAULT, text
    assert FAULT_WORDS not in text, text
    if raw:
        return text.splitlines()
    screen = pyte.Screen(columns, 60)
    pyte.Stream(screen).feed(text)
    # A wide character takes two cells; the second one is empty.
    return [line.rstrip() for line in screen.display if line.strip()]

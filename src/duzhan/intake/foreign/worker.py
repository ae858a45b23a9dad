"""The process that reads foreign bytes: `python -m duzhan.intake.foreign.worker`.

It takes requests, one JSON line each, on standard input, and answers on standard
output, see `packing`. Its memory and its time are limited: what a file does to it,
it does to nobody else. It ends when its input does.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from duzhan.intake.foreign.filling import fill_down
from duzhan.intake.foreign.packing import packed, packed_answer
from duzhan.intake.refusals import NotAListError, RefusedFileError, broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.intake.foreign.sheet import Sheet

# The readers by name; each is a module beside this one.
UNPACKERS = ("archive", "mail")
READERS = ("xlsx", "xlsb", "ods", "xls", "word", "web", "sheetml")
# A workbook that unpacks to 1 GiB takes less.
_MEMORY = 4 << 30


class Unpacker(Protocol):
    """A module that lays out what a file holds."""

    def unpack(self, path: Path, folder: Path, max_unpacked: int, /) -> list[tuple[str, str]]:
        """Lay out the members of a file.

        Raises:
            RefusedFileError: it cannot be read.
        """


class Reader(Protocol):
    """A module that reads one format."""

    def read(self, path: Path, max_unpacked: int, /) -> list[Sheet]:
        """Read all sheets of a file.

        Raises:
            RefusedFileError: it cannot be read.
        """


def main() -> None:
    """Answer requests until there are no more."""
    _limit_memory()
    out = sys.stdout.buffer
    # Whatever a library prints must not get between the answers.
    sys.stdout = sys.stderr
    for line in sys.stdin.buffer:
        request = json.loads(line)
        _limit_time(request["seconds"])
        for piece in _answered(request):
            out.write(piece)
        out.flush()


def _answered(request: dict[str, Any]) -> Iterator[bytes]:
    try:
        if request["folder"]:
            yield from packed_answer({"members": _unpack(request)})
        else:
            yield from packed(_read(request))
    except NotAListError as error:
        yield from packed_answer({"what": error.what, "remedy": error.remedy})
    except RefusedFileError as error:
        yield from packed_answer({"refused": [error.code, error.message, error.line]})
    except MemoryError:
        yield from packed_answer({"memory": True})
    except RecursionError:
        refusal = broken()
        yield from packed_answer({"refused": [refusal.code, refusal.message, None]})


def _unpack(request: dict[str, Any]) -> list[tuple[str, str]]:
    name = request["reader"]
    if name not in UNPACKERS:
        raise ValueError(name)
    unpacker = cast("Unpacker", import_module(f"duzhan.intake.foreign.{name}"))
    return unpacker.unpack(Path(request["path"]), Path(request["folder"]), request["max_unpacked"])


def _read(request: dict[str, Any]) -> list[Sheet]:
    name = request["reader"]
    if name not in READERS:
        raise ValueError(name)
    reader = cast("Reader", import_module(f"duzhan.intake.foreign.{name}"))
    sheets = reader.read(Path(request["path"]), request["max_unpacked"])
    for sheet in sheets:
        fill_down(sheet)
    return sheets


# ---------------------------------------------------------------- limits


def _limit_memory() -> None:
    """Ask for no more memory than a reader needs; be the first to go if the machine has none left.

    Where the system knows no such limits, the process itself is the limit.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - not everywhere

        most = min(_MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _limit_time(seconds: int) -> None:
    """Let the next answer take so many seconds of this process."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + seconds
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


if __name__ == "__main__":
    main()

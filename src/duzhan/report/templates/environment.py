"""The one Jinja environment: reports, mails and documents are made from templates.

A template is looked for first in the dataset's own `templates/`, then among
those that travel with the program; an office that wants other words copies one
there and edits it. Mistakes in it are one line with file and line number.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from jinja2 import BaseLoader
from jinja2.exceptions import TemplateNotFound

from duzhan.dataset.locate import bundled
from duzhan.errors import DuzhanError, reason
from duzhan.files import contents
from duzhan.report.templates import filters
from duzhan.report.templates.allowance import SECONDS, bounded
from duzhan.report.templates.errors import ExplainedUndefined, explain, line_number
from duzhan.report.templates.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from jinja2 import Environment

Engine = TypeVar("Engine", bound=Sandbox)

FOLDER = "templates"
_LARGEST = 2 << 20


class Loader(BaseLoader):
    """Finds templates in the dataset's folder, then in the program's.

    Attributes:
        places: file of a template to the name by which users know it.
    """

    def __init__(self, root: Path | None) -> None:
        own = () if root is None else ((root / FOLDER, f"{FOLDER}/"),)
        self._folders = (*own, (bundled(FOLDER), "（程序自带）"))
        self.places: dict[str, str] = {}

    def find(self, name: str) -> tuple[Path, str] | None:
        """Where a template is, and how users know it; None if there is none."""
        if any(part in ("", ".", "..") for part in name.split("/")) or "\\" in name:
            return None
        for folder, shown in self._folders:
            path = folder / name
            there = path.exists() and not path.is_dir()  # A pipe is refused, not passed over.
            if there and path.resolve().is_relative_to(folder.resolve()):
                return path, f"{shown}{name}"
        return None

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002 - Jinja's signature
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """Read a template.

        Raises:
            TemplateNotFound: there is none.
            DuzhanError: it cannot be read as UTF-8 text.
        """
        found = self.find(template)
        if found is None:
            raise TemplateNotFound(template)
        path, shown = found
        self.places[str(path)] = self.places[template] = shown
        before = _state(path)
        text = _read(path, shown)

        def unchanged() -> bool:
            return self.find(template) == found and _state(path) == before

        return text, str(path), unchanged


def _state(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size


def _read(path: Path, shown: str) -> str:
    try:
        data = contents(path)
    except OSError as error:
        raise DuzhanError(f"模板 {shown} 读不出来：{reason(error)}") from None
    if len(data) > _LARGEST:
        raise DuzhanError(f"模板 {shown} 超过 {_LARGEST >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"模板 {shown} 第{line}行：不是 UTF-8 编码，请在编辑器里另存为 UTF-8"
        raise DuzhanError(message) from None


def is_html(name: str | None) -> bool:
    """Whether a template makes HTML, in which values are escaped."""
    return name is not None and name.endswith((".html", ".html.j2"))


def environment(root: Path | None) -> Sandbox:
    """The environment of a dataset's templates, made once.

    Args:
        root: the dataset's folder; None for the program's templates only.
    """
    # By its full name: a program may go to another folder in between.
    return _environment(None if root is None else root.absolute())


@functools.lru_cache(maxsize=8)
def _environment(root: Path | None) -> Sandbox:
    return furnished(Sandbox, root, autoescape=is_html, trim_blocks=True, lstrip_blocks=True)


def furnished(kind: type[Engine], root: Path | None, **options: Any) -> Engine:  # noqa: ANN401
    """Make a sandbox with the words that every template can use.

    Args:
        kind: which sandbox.
        root: the dataset's folder; None for the program's templates only.
        options: Jinja's own.
    """
    made = kind(
        loader=Loader(root),
        undefined=ExplainedUndefined,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.loopcontrols"],
        **options,
    )
    made.filters.update(filters.FILTERS)
    made.globals.update(filters.GLOBALS)
    return made


def find(name: str, root: Path | None) -> tuple[Path, str] | None:
    """Where a template is, and how users know it; for templates that are no text (docx)."""
    return Loader(root).find(name)


def copy(name: str, root: Path) -> Path:
    """Copy the program's template into the dataset, where an office edits it.

    Args:
        name: the template's file name.
        root: the dataset's folder.

    Raises:
        DuzhanError: there is one already, or the folder cannot be written.
    """
    target = root / FOLDER / name
    try:
        target.parent.mkdir(exist_ok=True)
        with target.open("xb") as file:
            file.write((bundled(FOLDER) / name).read_bytes())
    except FileExistsError:
        message = f"“{target}”已经有了，不覆盖；要重新开始，请先把它改名或删掉"
        raise DuzhanError(message) from None
    except OSError as error:
        raise DuzhanError(f"“{target}”写不进去：{reason(error)}") from None
    return target


def render(name: str, context: Mapping[str, Any], root: Path | None) -> str:
    """Render a template.

    Args:
        name: the template's file name, such as 督战周报.md.j2.
        context: its variables.
        root: the dataset's folder.

    Raises:
        DuzhanError: the template is at fault; one line with file and line number.
    """
    engine = environment(root)
    with explained(engine, name, context):
        return engine.get_template(name).render(context)


@contextmanager
def explained(
    engine: Sandbox,
    name: str,
    context: Mapping[str, Any],
    where: Callable[[int], str] = line_number,
) -> Iterator[None]:
    """Let templates run until their allowance is used up, and say what is wrong with them.

    Args:
        engine: from `environment`.
        name: the template, as errors name it if they come from none of its lines.
        context: its variables, of which the nearest is proposed for an unknown one.
        where: a line of the template, as its author finds it.

    Raises:
        DuzhanError: the template is at fault.
    """
    loader = engine.loader
    places = loader.places if isinstance(loader, Loader) else {}
    engine.begin(_counties(context))
    try:
        with bounded(max(SECONDS, 2 * engine.seconds)):
            yield
    except DuzhanError:
        raise
    except Exception as error:
        # A template is a user's program: whatever it raises is its fault, and said as such.
        raise explain(error, name, places, [*context, *engine.globals], where) from error


def _counties(context: Mapping[str, Any]) -> int:
    """How many counties a report is about; none of other pages."""
    status = getattr(context.get("report"), "status", None)
    return len(status.counties) if status is not None else 0

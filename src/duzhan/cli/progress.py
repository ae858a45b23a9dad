"""A progress bar on a terminal's stderr, and nothing in a pipe."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

    Step = Callable[[str, int], None]

# Less than this much work (bytes to read or to merge) is over before a bar could be read.
_LONG = 2 << 20


def _nothing(_doing: str, _work: int) -> None:
    """Show no progress."""


@contextmanager
def progress(work: int) -> Iterator[Step]:
    """Show how far a long job is, until it ends.

    Args:
        work: how much there is to do, in bytes.

    Yields:
        Called before each step with what is being done and how much work it is.
    """
    if work < _LONG or not sys.stderr.isatty():
        yield _nothing
        return
    with _bar() as bar:
        task = bar.add_task("", total=work)
        under_way = 0
        lock = Lock()

        def step(doing: str, work: int) -> None:
            nonlocal under_way
            # Several lists are worked on at once.
            with lock:
                done, under_way = under_way, work
            # At once: a step may be over before the next of the ten frames a second.
            bar.update(task, description=doing, advance=done, refresh=True)

        yield step


@contextmanager
def watched() -> Iterator[None]:
    """Show how far a nation's ledger has been gone through; a small one shows nothing."""
    if not sys.stderr.isatty():
        yield
        return
    from duzhan.dataset.batches import WATCHER

    with ExitStack() as shown:
        bar: Progress | None = None

        def tell(done: int, rows: int) -> None:
            nonlocal bar
            if bar is None:
                if done == rows:
                    return
                bar = shown.enter_context(_bar())
                bar.add_task("", total=rows)
            text = f"读台账：{done}行，共{rows}行"
            bar.update(bar.task_ids[0], description=text, completed=done, refresh=True)

        before = WATCHER.set(tell)
        try:
            yield
        finally:
            WATCHER.reset(before)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    return Progress(*columns, console=console, transient=True)

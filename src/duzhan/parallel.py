"""Work on all cores: reading, merging and writing leave the interpreter free most of the time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


def on_all_cores(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do something with each item, and give the results in the items' order.

    Args:
        work: what is done; an error of the first item that fails is raised, once
            nothing is under way any more.
        items: each is worked on by itself.
    """
    if len(items) < 2:
        return [work(item) for item in items]
    workers = ThreadPoolExecutor(os.cpu_count())
    try:
        return [job.result() for job in [workers.submit(work, item) for item in items]]
    finally:
        # Also on Ctrl-C: whoever cleans up has to know what was done.
        workers.shutdown(cancel_futures=True)

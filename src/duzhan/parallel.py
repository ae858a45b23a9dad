"""Work on all cores: reading, merging and writing leave the interpreter free most of the time."""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

Item = TypeVar("Item")
Result = TypeVar("Result")

# As much is under way ahead of who takes the results: each may be large.
_AHEAD = 2


def _pool(workers: int | None) -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for long lists

    return ThreadPoolExecutor(workers)


def on_all_cores(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do something with each item, and give the results in the items' order.

    Args:
        work: what is done; an error of the first item that fails is raised, once
            nothing is under way any more.
        items: each is worked on by itself.
    """
    if len(items) < 2:
        return [work(item) for item in items]
    workers = _pool(os.cpu_count())
    try:
        return [job.result() for job in [workers.submit(work, item) for item in items]]
    finally:
        # Also on Ctrl-C: whoever cleans up has to know what was done.
        workers.shutdown(cancel_futures=True)


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Do something with each item, and with the next ones while its result is taken.

    Args:
        work: what is done; an error is raised where its result would be.
        items: each is worked on by itself; they are asked for one by one.
    """
    rest = iter(items)
    first = list(islice(rest, _AHEAD))
    if len(first) < 2:
        yield from map(work, first)
        return
    workers = _pool(_AHEAD)
    try:
        jobs: deque[Future[Result]] = deque(workers.submit(work, item) for item in first)
        while jobs:
            done = jobs.popleft().result()
            jobs.extend(workers.submit(work, item) for item in islice(rest, 1))
            yield done
    finally:
        workers.shutdown(cancel_futures=True)

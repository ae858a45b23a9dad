"""Counties whose issues are read and judged together, so that no nation must fit into memory."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from duzhan.dataset.ledger import Ledger
    from duzhan.model import County

# Rows of a ledger at rest that are read together: as texts and facts about 100 MB.
ROWS = 100_000

# Whom a long walk through a nation's counties tells how many of how many rows are behind it.
WATCHER: ContextVar[Callable[[int, int], None] | None] = ContextVar("WATCHER", default=None)


class CountyBatch(NamedTuple):
    """Some of the counties asked for, with all their issues.

    Attributes:
        counties: which, in the ledger's order.
        ledger: their issues; of the other counties it says that they have no list.
        own: the headings of all counties' own columns, in the order of their lists.
    """

    counties: tuple[County, ...]
    ledger: Ledger
    own: tuple[str, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """The counties' codes."""
        return frozenset(county.code for county in self.counties)


def together(
    codes: Iterable[str], rows: Mapping[str, int], most: int | None = None
) -> Iterator[tuple[str, ...]]:
    """Part counties into batches, in their order; each has at least one county.

    Args:
        codes: which counties.
        rows: how many rows each of them has; none if it is not named.
        most: rows of a batch, unless one county alone has more; None for `ROWS`.
    """
    most = ROWS if most is None else most
    batch: list[str] = []
    held = 0
    for code in codes:
        more = rows.get(code, 0)
        if batch and held + more > most:
            yield tuple(batch)
            batch, held = [], 0
        batch.append(code)
        held += more
    if batch:
        yield tuple(batch)


def gone_through(batches: Iterable[CountyBatch], rows: int) -> Iterator[CountyBatch]:
    """Batches in their order; whoever watches is told after each.

    Args:
        batches: some counties at a time.
        rows: how many rows all of them have.
    """
    tell = WATCHER.get()
    done = 0
    for batch in batches:
        yield batch
        done += batch.ledger.cells.num_rows
        if tell is not None:
            tell(done, rows)

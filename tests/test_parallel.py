"""Work on all cores: results in order, never far ahead of who takes them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from duzhan.parallel import ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_come_in_the_order_of_the_items(count: int) -> None:
    assert list(ahead(lambda item: item * 10, range(count))) == [n * 10 for n in range(count)]


def test_items_are_asked_for_as_their_results_are_taken() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            asked.append(number)
            yield number

    results = ahead(lambda item: item, items())
    for taken in range(1, 8):
        next(results)
        assert len(asked) == taken + 2


def test_an_item_is_worked_on_while_the_one_before_it_is() -> None:
    met = threading.Barrier(2, timeout=60)
    assert list(ahead(lambda _: met.wait() >= 0, range(2))) == [True, True]


def test_an_error_is_raised_where_its_result_would_be() -> None:
    results = ahead(lambda item: 6 // item, [3, 2, 0, 1])
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)

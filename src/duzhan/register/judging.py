"""Rows of one county, judged as every command judges them, its registers counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from duzhan.dataset.judging import judge
from duzhan.dataset.readable import Brokenness
from duzhan.dataset.registers import load_registers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from duzhan.dataset.facts import Facts, Reading
    from duzhan.dataset.folder import Dataset
    from duzhan.model import County


def judge_of(dataset: Dataset, reading: Reading) -> Callable[[County], Callable[[pa.Table], Facts]]:
    """Give, for a county, what judges rows of its lists."""
    counties = dataset.roster.counties
    registers = load_registers(dataset.root, dataset.roster, dataset.rules)

    def of(county: County) -> Callable[[pa.Table], Facts]:
        number = counties.index(county)

        def judged(cells: pa.Table) -> Facts:
            rows = np.full(cells.num_rows, number, np.int16)
            return judge(cells, rows, Brokenness(), reading, registers=registers)

        return judged

    return of

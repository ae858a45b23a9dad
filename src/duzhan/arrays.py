"""What arrays of numbers hold, by name: for annotations, never loaded when the program runs."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# True where something holds, one entry a row.
Mask: TypeAlias = NDArray[np.bool_]
# Places of rows in a table, from 0.
Rows: TypeAlias = NDArray[np.integer]
# Ordinals of days; 0 for none.
Days: TypeAlias = NDArray[np.integer]
Numbers: TypeAlias = NDArray[np.integer]

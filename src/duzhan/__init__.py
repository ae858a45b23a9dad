"""督战: where each county stands in a public-health campaign, from the lists it sends.

`duzhan.open` is the way in from Python; importing the package loads nothing of it.
"""

from __future__ import annotations

from duzhan.version import VERSION

__version__ = VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from duzhan.frames.columns import Labels
    from duzhan.frames.opened import OpenedCampaign


def open(  # noqa: A001 - as users say it: duzhan.open
    folder: str | Path | None = None,
    *,
    as_of: str | dt.date | None = None,
    county: str | None = None,
    labels: Labels = "en",
    cache: bool = True,
) -> OpenedCampaign:
    """Open a dataset as of a day, and ask it for DataFrames.

    Args:
        folder: the dataset's folder; found as the commands do if it is not named:
            ``$DUZHAN_DATA``, else the nearest dataset from the working directory upwards.
        as_of: a day, as people write it or a date; today, within the campaign, by default.
        county: the county to look at, by name, alias, code or prefix; all by default.
        labels: whether columns are called in English (``en``) or in Chinese (``zh``).
        cache: whether what was read or counted before is used where no file has changed, and
            put aside in the dataset's ``.duzhan-cache``; the answers are the same without.

    Raises:
        DuzhanError: no dataset, or its configuration is at fault; one line a fault.
        UsageError: unknown county, date or labels.
    """
    from duzhan.frames.opened import open_campaign  # noqa: PLC0415 - loads pandas

    return open_campaign(folder, as_of, county, labels, cache=cache)

"""`duzhan import`."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.campaign.changing import refuse_at_rest
from duzhan.cli import output
from duzhan.cli.options import county_option, declare, json_option
from duzhan.cli.progress import progress
from duzhan.cli.writing import lock_timeout_option, open_workplace
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duzhan.model import County
    from duzhan.register.importing import Account
    from duzhan.register.merging import Terms

EXIT_LEFT_OVER = 1


@declare(
    "import",
    click.argument(
        "files", metavar="文件…", nargs=-1, required=True, type=click.Path(path_type=Path)
    ),
    county_option,
    click.option("--accept-moved-dates", is_flag=True, help="采用推迟了的发现日期和整改期限。"),
    click.option("--verified-by", metavar="姓名", help="为表中没有核验人的销号作保的人。"),
    click.option("--dry-run", is_flag=True, help="只演练：报告同样的结果，什么都不写。"),
    click.option(
        "--max-size",
        type=click.IntRange(min=1),
        default=512,
        metavar="MiB",
        help="文件大小的上限，默认 512 MiB。",
    ),
    json_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    files: tuple[Path, ...],
    county: str | None,
    verified_by: str | None,
    max_size: int,
    lock_timeout: float,
    *,
    accept_moved_dates: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """把县（市）报来的清单并入台账：每一行都有交代，读不出的退回，什么都不丢。"""
    from duzhan.compliance.states import row_states
    from duzhan.register.importing import read_batches, take_in
    from duzhan.register.leftovers import stage_leftovers
    from duzhan.register.merging import Terms
    from duzhan.report.pages.imported import import_json, import_page

    place = open_workplace(ctx, data, lock_timeout)
    refuse_at_rest(place.dataset)
    dataset, reading, today = place.dataset, place.terms.reading, place.terms.today
    passed = [m.deadline for m in dataset.rules.milestones if m.deadline < today]

    def terms(owner: County) -> Terms:
        return Terms(
            today=today.toordinal(),
            passed=max(passed).toordinal() if passed else 0,
            prefix=owner.short_name,
            row_states=row_states,
            accept_moved_dates=accept_moved_dates,
            verified_by=verified_by,
        )

    only = place.county(county)
    sizes = {path: path.stat().st_size if path.is_file() else 0 for path in files}
    # Each file is read, merged and written.
    with _no_collection(), progress(3 * sum(sizes.values())) as step:
        batches = read_batches(
            files, dataset, reading, only, max_size << 20,
            on_file=lambda path: step(f"读取 {path.name}", sizes[path]),
        )  # fmt: skip
        with place.hold(dry_run=dry_run) as store:
            accounts = take_in(
                store, dataset, batches, reading, terms,
                on_batch=lambda batch: step(
                    f"并入 {batch.county.name}", sizes[batch.path] if batch.first else 0
                ),
            )  # fmt: skip
            stage_leftovers(store, accounts, today)
            step("核对和写入", sum(sizes.values()))
            returned = {} if dry_run else _returned(accounts, dataset.root)
            if not dry_run:
                store.commit(command="import")
    if as_json:
        output.show_json(import_json(accounts, returned))
    else:
        output.show(import_page(accounts, returned, dataset.sample, dry_run=dry_run))
    return EXIT_LEFT_OVER if any(map(_left_over, accounts)) else 0


def _returned(accounts: Sequence[Account], root: Path) -> dict[int, Path]:
    """Write what goes back to the counties before anything is taken in."""
    from duzhan.report.pages.imported import write_rejects

    try:
        return write_rejects(accounts, root)
    except DuzhanError as error:
        raise DuzhanError(f"{error}；这一次什么都没有导入") from None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no cycles among millions of cells that live to the end: it takes a third."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _left_over(account: Account) -> bool:
    from duzhan.register.merging import REJECTED

    merged = account.merged
    # Of a row with too many cells no date is taken.
    shifted = {row for row, column, *_ in account.batch.table.flaws if column is None}
    shifted = shifted and shifted.intersection(account.batch.rows.tolist())
    return bool(account.outcomes[REJECTED] or merged.refused or merged.moved or shifted)

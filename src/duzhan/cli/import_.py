"""`duzhan import`."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duzhan.campaign.changing import refuse_at_rest
from duzhan.cli import output
from duzhan.cli.options import county_option, declare, json_option, path_option
from duzhan.cli.pinging import ping_option
from duzhan.cli.progress import progress
from duzhan.cli.session import note
from duzhan.cli.writing import lock_timeout_option, open_workplace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.campaign.changing import Workplace
    from duzhan.campaign.importing import Imported
    from duzhan.register.typed_values import Terms
    from duzhan.store.cache import Plain

EXIT_LEFT_OVER = 1


@declare(
    "import",
    click.argument(
        "files", metavar="文件…", nargs=-1, required=True, type=click.Path(path_type=Path)
    ),
    county_option,
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="列=表头",
        help="这一次里某个表头是哪一列，如 问题描述=隐患描述；可以写几次。",
    ),
    click.option(
        "--accept-moved-dates",
        is_flag=True,
        help="采用推迟的日期：整改期限记入延期登记，今天批准；发现日期作更正。要写 --by。",
    ),
    click.option("--by", metavar="姓名", help="谁导入的；采用推迟的日期时，是谁批准的。"),
    click.option("--verified-by", metavar="姓名", help="为表中没有核验人的销号作保的人。"),
    path_option("--rejects-to", metavar="目录", about="退回更正写到哪个目录，默认数据集的 退回/。"),
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
    ping_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    files: tuple[Path, ...],
    county: str | None,
    columns: tuple[str, ...],
    by: str | None,
    verified_by: str | None,
    rejects_to: Path | None,
    max_size: int,
    lock_timeout: float,
    *,
    accept_moved_dates: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """把各县区报来的清单并入台账：每一行都有交代，读不出的退回，什么都不丢。"""
    from duzhan.campaign.importing import Wanted, headings, import_lists, unused_headings
    from duzhan.campaign.sent_again import SentBefore

    place = open_workplace(ctx, data, lock_timeout, keep=not dry_run)
    refuse_at_rest(place.dataset)
    if rejects_to is not None:
        output.refuse_among_lists(rejects_to, place.dataset.root)
    wanted = Wanted(
        county=place.county(county),
        columns=headings(columns),
        accept_moved_dates=accept_moved_dates,
        by=_name(by, "--by", place.terms),
        verified_by=_name(verified_by, "--verified-by", place.terms),
        rejects_to=rejects_to,
        dry_run=dry_run,
        max_size=max_size << 20,
    )
    before = SentBefore(place, files, wanted, form="json" if as_json else "page")
    if (known := before.answer()) is not None:
        _show(known, as_json=as_json)
        return 0
    sizes = {path: path.stat().st_size if path.is_file() else 0 for path in files}
    # Each file is read, merged and written.
    with _no_collection(), progress(3 * sum(sizes.values())) as step:
        done = import_lists(
            place, files, wanted,
            lambda what, path: step(what, sizes[path] if path else sum(sizes.values())),
        )  # fmt: skip
    # On a terminal the page names them.
    if as_json or not (sys.stdout.isatty() and sys.stderr.isatty()):
        for one in done.not_taken:
            note(str(one))
    if unused := unused_headings(wanted, done):
        note(f"--column 的“{'”“'.join(unused)}”在这些清单的表头里都没有，没有用上，请核对写法")
    _show(_answer(done, place, dry_run=dry_run, as_json=as_json), as_json=as_json)
    if done.state and (again := done.next):
        before.keep(done.state, _answer(again, place, dry_run=dry_run, as_json=as_json))
    return EXIT_LEFT_OVER if done.left_over else 0


def _answer(done: Imported, place: Workplace, *, dry_run: bool, as_json: bool) -> Plain:
    """What became of the lists, as plain data."""
    from duzhan.report.pages.imported import import_json, import_page
    from duzhan.report.pages.page import told

    parts = done.accounts, done.not_taken, done.returned, done.pictures
    if as_json:
        return import_json(*parts)
    return told(import_page(*parts, sample=place.dataset.sample, dry_run=dry_run))


def _show(answer: Any, *, as_json: bool) -> None:  # noqa: ANN401 - either form
    """Show what became of the lists."""
    from duzhan.report.pages.page import page_of

    if as_json:
        output.show_json(answer)
    else:
        output.show(page_of(answer))


def _name(text: str | None, option: str, terms: Terms) -> str | None:
    """A name that an option gives."""
    from duzhan.register.typed_values import checked_text

    return None if text is None else checked_text(text, option, terms, required=True)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no cycles among millions of cells that live to the end: it takes a third."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

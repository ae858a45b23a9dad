"""`duzhan history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import complete_issue, county_option, data_folder, declare, json_option
from duzhan.cli.session import note
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.dataset.folder import Dataset
    from duzhan.model import County


@declare(
    "history",
    click.argument("identifier", metavar="编号", shell_complete=complete_issue),
    county_option,
    json_option,
)
def command(
    ctx: click.Context, data: str | None, identifier: str, county: str | None, *, as_json: bool
) -> int:
    """一个问题的每一次改动：时间、经办人、来源文件和行，从什么改成什么。"""
    from duzhan.campaign.opening import open_dataset
    from duzhan.dataset.names import resolve_county
    from duzhan.register.typed_values import refuse_no_text
    from duzhan.store.journal import JOURNAL, history
    from duzhan.store.pending_file import PENDING

    refuse_no_text(identifier, "编号")
    dataset = open_dataset(data_folder(ctx, data))
    scope = dataset.roster.counties if county is None else (resolve_county(county, dataset.roster),)
    owner, identifier = _owner(dataset, identifier, scope)
    damaged: list[int] = []
    lines = history(dataset.root, owner.name, identifier, damaged)
    if damaged:
        numbers = "、".join(map(str, damaged[:5])) + (" 等" if len(damaged) > 5 else "")
        note(f"{JOURNAL} 有{len(damaged)}行读不懂（第{numbers}行），没有列出")
    if (dataset.root / PENDING).exists():
        note("上一次写入没有完成，最后几条可能有出入；下一次写入时会自动收尾")
    if as_json:
        from duzhan.report.json import mark

        changes = [line.document() for line in lines]
        document = {"id": identifier, "county": owner.name, "changes": changes}
        output.show_json(mark(document, dataset.sample))
    else:
        from duzhan.report.pages.history import history_page

        output.show(history_page(identifier, owner, lines, dataset.sample))
    return 0


def _owner(dataset: Dataset, identifier: str, scope: Sequence[County]) -> tuple[County, str]:
    """The county that has, or had, an issue of this id, and the id in the ledger.

    Raises:
        DuzhanError: none has, or several have.
    """
    from duzhan.campaign.opening import read_ledger
    from duzhan.register.issue_rows import counties_with, formerly
    from duzhan.store.journal import counties_on_record

    codes = {county.code for county in scope}
    ledger = read_ledger(dataset.root, dataset.roster, dataset.rules, codes)
    owners, unknown = counties_with(ledger, identifier, scope)
    before = [] if owners else formerly(ledger, identifier, scope)
    if len(before) > 1:
        names = "、".join(f"{county.name} {name}" for county, name in before)
        raise DuzhanError(f"{names} 的原编号都是“{identifier}”，请写现在的编号")
    if before:
        return before[0]
    if not owners:
        recorded = counties_on_record(dataset.root, identifier)
        owners = [county for county in scope if county.name in recorded]
    if not owners:
        raise DuzhanError(unknown)
    if len(owners) > 1:
        names = "、".join(county.name for county in owners)
        raise DuzhanError(f"{names}都有编号为“{identifier}”的问题，请用 --county 指明")
    return owners[0], identifier

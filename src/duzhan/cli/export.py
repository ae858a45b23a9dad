"""`duzhan export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli.options import as_of_option, declare, path_option
from duzhan.cli.progress import progress
from duzhan.cli.session import note, open_session
from duzhan.cli.speech import say
from duzhan.errors import DuzhanError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from duzhan.dataset.folder import Dataset


@declare(
    "export",
    path_option(
        "--parquet",
        metavar="目录",
        about="写成 Parquet：每列有类型，每个地区一个文件，拒收的格子也在列里。",
    ),
    path_option(
        "--sqlite",
        metavar="文件.db",
        about="所有的表写成一个 SQLite 文件：台账、每件问题每天的状态、判定、记录。",
    ),
    path_option(
        "--datapackage",
        metavar="目录",
        about="同样的表写成 CSV，附 datapackage.json（Frictionless Data）。",
    ),
    as_of_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    parquet: Path | None,
    sqlite: Path | None,
    datapackage: Path | None,
    as_of: str | None,
) -> int:
    """台账写成 Parquet 供 --engine 读；所有的表写成 SQLite、CSV 供别的程序读。"""
    if parquet is None and sqlite is None and datapackage is None:
        raise UsageError("请写明导出成什么：--parquet 目录、--sqlite 文件.db 或 --datapackage 目录")
    if as_of is not None and sqlite is None and datapackage is None:
        raise UsageError("--as-of 只用于 --sqlite 和 --datapackage：Parquet 里是整份台账")
    if parquet is not None:
        _export_parquet(ctx, data, parquet)
    if sqlite is not None or datapackage is not None:
        _export_open(ctx, data, as_of, sqlite, datapackage)
    return 0


def _export_open(
    ctx: click.Context,
    data: str | None,
    as_of: str | None,
    sqlite: Path | None,
    datapackage: Path | None,
) -> None:
    from duzhan.frames.datapackage import write_datapackage
    from duzhan.frames.open_data import open_tables
    from duzhan.frames.sqlite import write_sqlite

    campaign = open_session(ctx, data, as_of)
    tables = open_tables(campaign)
    if sqlite is not None:
        write_sqlite(sqlite, tables)
    if datapackage is not None:
        write_datapackage(datapackage, tables, campaign.dataset.rules.name)
    if campaign.sample:
        note(campaign.sample)
    rows = sum(len(table.rows) for table in tables)
    for path in (sqlite, datapackage):
        if path is not None:
            say(f"已写入 {path}：{len(tables)}张表，{rows}行（截至{campaign.day}）")


def _export_parquet(ctx: click.Context, data: str | None, parquet: Path) -> None:
    from duzhan.parquet.writing import export_parquet

    dataset = open_session(ctx, data, quiet=True).dataset
    _check_place(parquet, dataset)
    total, work = len(dataset.roster.counties), _work(dataset)
    with progress(work) as step:

        def tell(done: int, number: int) -> None:
            step(f"导出第{done + 1}–{done + number}个县区", work * number // total)

        parts = export_parquet(dataset, parquet, tell)
    rows, faults = (sum(getattr(p, name) for p in parts.values()) for name in ("rows", "faults"))
    if dataset.sample:
        note(dataset.sample)
    unit = dataset.roster.unit
    say(f"已写入 {parquet}：{len(parts)}个{unit}，{rows}行，其中{faults}处错误记在“拒收”列")


def _work(dataset: Dataset) -> int:
    """How many bytes the lists have."""
    from duzhan.dataset.listings import issue_files

    return sum(path.stat().st_size for path, _ in issue_files(dataset.root, dataset.roster))


def _check_place(folder: Path, dataset: Dataset) -> None:
    from duzhan.columns import ISSUES

    if dataset.rules.ledger_parquet is not None:
        raise DuzhanError(
            f"这个数据集的台账已经在 Parquet 里（{dataset.rules.ledger_parquet}），"
            "请在登记台账的数据集里导出"
        )
    issues = (dataset.root / ISSUES).resolve()
    if folder.resolve() in (issues, dataset.root.resolve()) or issues in folder.resolve().parents:
        raise DuzhanError(f"不能写到“{folder}”：那里是数据集自己的文件，请写到另一个目录")

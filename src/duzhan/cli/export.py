"""`duzhan export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli.options import declare
from duzhan.cli.progress import progress
from duzhan.cli.session import note, open_session
from duzhan.cli.speech import say
from duzhan.errors import DuzhanError

if TYPE_CHECKING:
    from duzhan.dataset.folder import Dataset


@declare(
    "export",
    click.option(
        "--parquet",
        required=True,
        type=click.Path(path_type=Path),
        metavar="目录",
        help="写成 Parquet：每列有类型，按县区代码分区，拒收的格子也在列里。",
    ),
)
def command(ctx: click.Context, data: str | None, parquet: Path) -> int:
    """把台账写成 Parquet，供 --engine 和别的程序读；再次导出时整份替换。"""
    from duzhan.parquet.writing import export_parquet

    dataset = open_session(ctx, data, quiet=True).dataset
    _check_place(parquet, dataset)
    total, work = len(dataset.roster.counties), _work(dataset)
    with progress(work) as step:

        def tell(done: int, number: int) -> None:
            step(f"导出第 {done + 1}–{done + number} 个县区", work * number // total)

        parts = export_parquet(dataset, parquet, tell)
    rows, faults = (sum(getattr(p, name) for p in parts.values()) for name in ("rows", "faults"))
    if dataset.sample:
        note(dataset.sample)
    say(f"已写入 {parquet}：{len(parts)} 个县区，{rows} 行，其中 {faults} 处错误记在“拒收”列")
    return 0


def _work(dataset: Dataset) -> int:
    """How many bytes the lists have."""
    from duzhan.dataset.ledger import issue_files

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

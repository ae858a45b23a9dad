"""`duzhan init`."""

from __future__ import annotations

from pathlib import Path

import click

from duzhan.cli.options import declare


@declare(
    "init",
    click.argument("folder", metavar="目录", type=click.Path(path_type=Path)),
    click.option("--sample", is_flag=True, help="另外放入整个行动期的示例数据（处处标明是示例）。"),
)
def command(ctx: click.Context, data: str | None, folder: Path, *, sample: bool) -> int:
    """新建数据集：通知的名册和规则、只有表头的记录文件，issues/ 里等着放各县（市）的清单。"""
    from duzhan.register.create import create

    create(folder, sample=sample)
    what = "示例数据集" if sample else "数据集"
    click.echo(f"已在 {folder} 建好{what}。接下来：")
    click.echo(f"  cd {folder}")
    if not sample:
        click.echo("  把各县（市）的问题清单放进 issues/，文件名以县（市）名开头，如 富宁县.xlsx")
    click.echo("  duzhan check      检查数据")
    click.echo("  duzhan status     看达标情况")
    return 0

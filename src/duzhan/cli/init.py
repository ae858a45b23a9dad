"""`duzhan init`."""

from __future__ import annotations

from pathlib import Path

import click

from duzhan.cli.options import declare
from duzhan.cli.speech import say
from duzhan.errors import UsageError


@declare(
    "init",
    click.argument("folder", metavar="目录", type=click.Path(path_type=Path)),
    click.option("--sample", is_flag=True, help="另外放入整个行动期的示例数据（处处标明是示例）。"),
    click.option(
        "--from",
        "origin",
        metavar="例子",
        help="从自带的另一个行动开始：安全生产百日行动、卫生县城创建攻坚。",
    ),
    click.option("--blank", is_flag=True, help="从空白的 YAML 开始，每个键有注释。"),
)
def command(
    ctx: click.Context,
    data: str | None,
    folder: Path,
    origin: str | None,
    *,
    sample: bool,
    blank: bool,
) -> int:
    """新建数据集：通知的名册和规则、只有表头的记录文件，issues/ 里等着放各县区的清单。"""
    from duzhan.campaign.opening import open_dataset
    from duzhan.register.create import create, example

    if blank and (sample or origin is not None):
        raise UsageError("--blank 里没有任何行动的内容，不能和 --sample、--from 一起用")
    create(folder, sample=sample, source=None if origin is None else example(origin), blank=blank)
    what = "示例数据集" if sample else "数据集"
    say(f"已在 {folder} 建好{what}。接下来：")
    say(f"  cd {folder}")
    if blank:
        say("  照注释改好 groups.yaml 和 milestones.yaml，写法见 docs/new-campaign.md")
    if not sample:
        roster = open_dataset(folder).roster
        first = f"{roster.counties[0].name}.xlsx"
        say(f"  把各{roster.unit}的问题清单放进 issues/，文件名以{roster.unit}名开头，如 {first}")
    say("  duzhan check      检查数据")
    say("  duzhan status     看达标情况")
    return 0

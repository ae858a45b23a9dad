"""`duzhan check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli import output
from duzhan.cli.options import data_folder, declare, json_option

if TYPE_CHECKING:
    import click


EXIT_FAULTY = 1


@declare("check", json_option)
def command(ctx: click.Context, data: str | None, *, as_json: bool) -> int:
    """检查数据集里的每个文件：文件、行、列、原值、错在哪里、应怎样写。有错误时退出码为 1。"""
    from duzhan.campaign.checking import check
    from duzhan.dataset.locate import find_root

    checked = check(find_root(data_folder(ctx, data)))
    if as_json:
        from duzhan.report.json import answers

        output.show_json(answers.mark(answers.problems(checked.problems), checked.sample))
    else:
        from duzhan.report.pages.check import check_page

        output.show(
            check_page(checked.problems, checked.sample, judged=checked.campaign is not None)
        )
    return 0 if checked.ok else EXIT_FAULTY

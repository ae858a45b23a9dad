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
    from duzhan.campaign.opening import marked_as
    from duzhan.dataset.locate import find_root

    root = find_root(data_folder(ctx, data))
    problems = check(root)
    sample = marked_as(root)
    if as_json:
        from duzhan.report.json import answers

        output.show_json(answers.mark(answers.problems(problems), sample))
    else:
        from duzhan.report.pages.check import check_page

        output.show(check_page(problems, sample))
    return EXIT_FAULTY if any(problem.severity == "error" for problem in problems) else 0

"""`duzhan check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli import output
from duzhan.cli.options import data_folder, declare, json_option
from duzhan.cli.progress import watched

if TYPE_CHECKING:
    import click


EXIT_FAULTY = 1


@declare("check", json_option)
def command(ctx: click.Context, data: str | None, *, as_json: bool) -> int:
    """检查数据集里的每个文件：文件、行、列、原值、错在哪里、应怎样写。有错误时退出码为 1。"""
    from duzhan.campaign.checking import look_through
    from duzhan.dataset.locate import find_root

    checked = look_through(find_root(data_folder(ctx, data)))
    if as_json:
        from duzhan.report.json import mark
        from duzhan.report.json.problems import ListedProblems

        with watched():
            listed = ListedProblems(checked.problems)
        with listed as found:
            answer = {"ok": found.ok, "problems": found}
            output.show_json(mark(answer, checked.sample))
            return 0 if found.ok else EXIT_FAULTY
    from duzhan.report.pages.check import CheckTold

    told = CheckTold()
    with watched():
        for problem in checked.problems:
            told.add(problem)
    output.show(told.page(checked.sample, judged=checked.campaign is not None))
    return EXIT_FAULTY if told.errors else 0

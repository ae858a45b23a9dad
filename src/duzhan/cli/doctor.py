"""`duzhan doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from duzhan.cli import output
from duzhan.cli.options import data_folder, declare, json_option, path_option
from duzhan.cli.pinging import ping_option

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.doctor import Checkup

_EXIT_FAULTY = 1


@declare(
    "doctor",
    click.option(
        "--max-age",
        type=click.FloatRange(min=0),
        metavar="天数",
        help="上次成功运行早于这么多天以前就算不正常，供监控使用。",
    ),
    path_option(
        "--openmetrics",
        metavar="文件",
        about="另写成指标，供 node exporter 采集（文件名以 .prom 结尾）。",
    ),
    json_option,
    ping_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    max_age: float | None,
    openmetrics: Path | None,
    *,
    as_json: bool,
) -> int:
    """定时任务的一切是否就位：数据集、收件人、邮件服务器、模板、发信记录、磁盘。不发信。"""
    from duzhan.campaign.doctor import check_up, metrics_of
    from duzhan.dataset.locate import find_root
    from duzhan.report.json import mark
    from duzhan.store.outputs import replacing

    root = find_root(data_folder(ctx, data))
    checked = check_up(root, max_age)
    if openmetrics is not None:
        output.refuse_among_lists(openmetrics.parent, root)
        with replacing(openmetrics) as temporary:
            temporary.write_text(metrics_of(root, checked), "utf-8", newline="\n")
    if as_json:
        output.show_json(mark(_document(root, checked), checked.sample))
    else:
        from duzhan.report.pages.checkup import checkup_page

        output.show(checkup_page(checked.findings, checked.sample))
    return 0 if checked.ok else _EXIT_FAULTY


def _document(root: Path, checked: Checkup) -> dict[str, Any]:
    from duzhan.deliver.checkup import last_good_run
    from duzhan.deliver.outbox import read_outbox
    from duzhan.errors import DuzhanError

    try:
        record = read_outbox(root)
    except DuzhanError:
        last, good = None, None
    else:
        last = record.runs[-1] if record.runs else None
        good = last_good_run(record)
    return {
        "ok": checked.ok,
        "checks": [found._asdict() for found in checked.findings],
        "last_run": last.time if last else None,
        "last_good_run": good.time if good else None,
    }

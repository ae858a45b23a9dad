"""`duzhan doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from duzhan.cli import output
from duzhan.cli.options import data_folder, declare, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duzhan.deliver.checkup import Finding

_EXIT_FAULTY = 1


@declare(
    "doctor",
    click.option(
        "--max-age",
        type=click.FloatRange(min=0),
        metavar="天数",
        help="上次成功运行早于这么多天以前就算不正常，供监控使用。",
    ),
    json_option,
)
def command(ctx: click.Context, data: str | None, max_age: float | None, *, as_json: bool) -> int:
    """定时任务的一切是否就位：数据集、收件人、邮件服务器、模板、发信记录、磁盘。不发信。"""
    from duzhan.campaign.doctor import findings_of
    from duzhan.dataset.folder import sample_line
    from duzhan.dataset.locate import find_root
    from duzhan.report.json import answers

    root = find_root(data_folder(ctx, data))
    findings = findings_of(root, max_age)
    sample = sample_line(root)
    if as_json:
        output.show_json(answers.mark(_document(root, findings), sample))
    else:
        from duzhan.report.pages.checkup import checkup_page

        output.show(checkup_page(findings, sample))
    return _EXIT_FAULTY if any(found.status == "error" for found in findings) else 0


def _document(root: Path, findings: Sequence[Finding]) -> dict[str, Any]:
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
        "ok": all(found.status != "error" for found in findings),
        "checks": [found._asdict() for found in findings],
        "last_run": last.time if last else None,
        "last_good_run": good.time if good else None,
    }

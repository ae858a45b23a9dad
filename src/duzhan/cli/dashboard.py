"""`duzhan dashboard`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli.options import output_option
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.progress import watched
from duzhan.cli.session import asks, note, say_faults
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign

# A phone opens this much and searches it without waiting.
LARGE = 20 << 20


@asks(
    "dashboard",
    output_option("文件.html", "写到哪个网页文件，如 看板.html；已有的整份替换。"),
)
def command(session: Campaign, output: Path) -> int:
    """看板：一个自带一切的网页文件，放上内网或随周报发出，手机和大屏都能看，不联网。"""
    from duzhan.campaign.dashboard import dashboard_facts
    from duzhan.report.dashboard.page import write

    _check_place(output, session.dataset.root)
    say_faults(session, session.faults)
    with watched():
        facts = dashboard_facts(session)
    write(output, facts)
    note(f"已写入 {output}（截至{session.day}，可选{len(facts.days)}个日期）")
    if facts.kept is not None:
        unit = session.dataset.roster.unit
        note(
            f"台账太大，问题只列最差的{len(facts.kept)}个{unit}的，各{unit}的合计都在；"
            f"其余的可用 --county 一个{unit}做一页"
        )
    size = output.stat().st_size
    if size > LARGE:
        note(f"页面有 {size >> 20} MB，手机可能打不开；可用 --county 一个县区做一页")
    return 0


def _check_place(output: Path, root: Path) -> None:
    """Refuse what browsers would not open, or would lie among the lists."""
    if output.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--output 的“{output}”应以 .html 结尾，如 看板.html")
    refuse_among_lists(output.parent, root)

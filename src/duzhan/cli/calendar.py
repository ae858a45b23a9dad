"""`duzhan calendar`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.cli.options import output_option
from duzhan.cli.output import refuse_among_lists
from duzhan.cli.session import asks, note, say_faults
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.standing import Campaign


@asks(
    "calendar",
    output_option("文件.ics", "写到这个文件；手机和 Outlook 的日历能导入、订阅。"),
)
def command(session: Campaign, output: Path) -> int:
    """日历文件：节点、每周职责和问题的整改期限；期限变了就更新，销号了就取消。"""
    from duzhan.campaign.calendar import calendar_of
    from duzhan.store.outputs import replacing

    if output.suffix.lower() != ".ics":
        raise UsageError(f"--output 的“{output}”应以 .ics 结尾")
    refuse_among_lists(output.parent, session.dataset.root)
    say_faults(session, session.list_faults)
    made = calendar_of(session)
    with replacing(output) as temporary:
        temporary.write_bytes(made)
    note(f"已写入 {output}")
    return 0

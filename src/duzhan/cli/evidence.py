"""`duzhan evidence`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duzhan.cli import output
from duzhan.cli.options import complete_issue, county_option, declare, json_option, path_option
from duzhan.cli.session import note, open_session
from duzhan.cli.speech import say
from duzhan.cli.writing import by_option, lock_timeout_option, open_workplace
from duzhan.errors import UsageError

if TYPE_CHECKING:
    from duzhan.campaign.standing import Campaign

# As `duzhan.dataset.registers` has them, which help pages do not load.
KINDS = ("整改前", "整改后", "其他")


@declare(
    "evidence",
    click.argument("identifier", metavar="编号", required=False, shell_complete=complete_issue),
    click.argument("files", metavar="文件…", nargs=-1, type=click.Path(path_type=Path)),
    click.option("--kind", type=click.Choice(KINDS), help="是整改前的、整改后的，还是其他材料。"),
    county_option,
    click.option("--on", metavar="日期", help="收到的日期，不写则为今天。"),
    click.option("--remark", default="", metavar="文字", help="备注。"),
    by_option,
    click.option(
        "--verify", is_flag=True, help="核对每个文件还在不在、变没变；有问题的一行一件，退出码 1。"
    ),
    click.option("--sheet", is_flag=True, help="整改前后照片的对照表（Word），用 -o 写到文件。"),
    path_option(
        "-o", "--output", "output_to", metavar="文件", about="对照表写到哪里，如 对照表.docx。"
    ),
    json_option,
    lock_timeout_option,
)
def command(
    ctx: click.Context,
    data: str | None,
    identifier: str | None,
    files: tuple[Path, ...],
    kind: str | None,
    county: str | None,
    on: str | None,
    remark: str,
    by: str | None,
    output_to: Path | None,
    lock_timeout: float,
    *,
    verify: bool,
    sheet: bool,
    as_json: bool,
) -> int:
    """登记、核对和查看佐证材料（整改前后的照片等）；不写编号则列出已登记的。从不作销号。"""
    if sheet is (output_to is None):
        raise UsageError("对照表要写明写到哪里，如 --sheet -o 对照表.docx")
    if identifier is None:
        session = open_session(ctx, data, county=county, quiet=True)
        if output_to is not None:
            return _laid_out(session, output_to)
        return _verified(session) if verify else _listed(session, as_json=as_json)
    if verify or sheet:
        raise UsageError("--verify、--sheet 是全部材料的，或 --county 一个县区的，不写编号")
    if not files or kind is None:
        raise UsageError(
            f"要写明文件和类别，如 duzhan evidence {identifier} 照片.jpg --kind 整改后"
        )
    from duzhan.campaign.evidence import Filing, file_evidence

    place = open_workplace(ctx, data, lock_timeout)
    filing = Filing.typed(place, identifier, kind, on=on, remark=remark, by=by)
    for piece in file_evidence(place, filing, place.county(county), files):
        what = "" if piece.new else "（已经登记过，没有再存）"
        say(f"{piece.county.name} {piece.id} {piece.kind}：{piece.file}{what}")
        if piece.new and not piece.shown:
            note(f"{piece.file} 不是看得了的图片，照原样存着")
    if place.dataset.sample:
        note(place.dataset.sample)
    return 0


def _laid_out(session: Campaign, path: Path) -> int:
    from duzhan.campaign.evidence import sheet
    from duzhan.store.outputs import replacing

    if path.suffix.lower() != ".docx":
        raise UsageError(f"-o 的“{path}”应以 .docx 结尾")
    output.refuse_among_lists(path.parent, session.dataset.root)
    count, made = sheet(session)
    with replacing(path) as temporary:
        temporary.write_bytes(made)
    note(f"已写入 {path}：{count}件问题的照片")
    return 0


def _verified(session: Campaign) -> int:
    from duzhan.campaign.evidence import verify

    count, faults = verify(session)
    for fault in faults:
        say(str(fault))
    if not faults:
        say(f"{count}件佐证材料都在，和登记时一样" if count else "没有登记佐证材料。")
    return 1 if faults else 0


def _listed(session: Campaign, *, as_json: bool) -> int:
    from duzhan.campaign.evidence import listing
    from duzhan.report.pages.evidence import evidence_json, evidence_page

    lines, sample = listing(session), session.dataset.sample
    if as_json:
        from duzhan.report.json import mark

        output.show_json(mark(evidence_json(lines), sample))
    else:
        unit = session.dataset.rules.wording.unit
        output.show(evidence_page(lines, unit, sample))
    return 0

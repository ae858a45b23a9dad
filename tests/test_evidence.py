"""Photographs and papers (佐证材料): the register, its files, what becomes of them."""

from __future__ import annotations

import base64
import datetime as dt
import errno
import hashlib
import io
import json
import random
import re
import struct
import subprocess
import zipfile
import zlib
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import docx
import pytest
import xlsxwriter
from PIL import Image

import duzhan
import parts
from conftest import converted, require
from duzhan.campaign.changing import workplace
from duzhan.campaign.checking import check
from duzhan.campaign.importing import Wanted, import_lists
from duzhan.campaign.opening import open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.columns import CLAIMED, CLOSED, ISSUE_COLUMNS
from duzhan.errors import DuzhanError
from duzhan.intake.pictures import reduced
from duzhan.model import State
from duzhan.report.pages.imported import import_page
from duzhan.report.pages.plain import render
from duzhan.report.weekly import visit as sheet
from duzhan.report.words.quality_rows import doubts
from duzhan.store import unfinished
from duzhan.store.atomic import move
from duzhan.store.canonical_csv import rows_bytes
from duzhan.store.pending_file import PENDING
from duzhan.store.transaction import Store
from photographs import HEADINGS, issue_row, photograph, workbook
from small import FUNING, TODAY, Calls, assert_replays, litter, row, small_dataset, snapshot
from test_json import schema_check

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.campaign.importing import Imported
    from duzhan.compliance.visit import Visit

HEADER = "编号,县(市),类别,文件,SHA-256,来源,收到日期,备注"
DIGEST = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_dataset(tmp_path / "ds")


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Calls:
    return Calls(folder, capsys)


def register(root: Path, *rows: str) -> None:
    (root / "evidence.csv").write_text("\n".join((HEADER, *rows)) + "\n", "utf-8-sig")


def on(root: Path, day: str = "2021-07-15") -> Campaign:
    return Campaign(open_dataset(root), dt.date.fromisoformat(day))


def named(identifier: str = "富宁-0002", file: str = "a.jpg", **cells: str) -> str:
    told = {"类别": "整改后", "SHA-256": DIGEST, "收到日期": "2021-06-10", **cells}
    parts = (identifier, "富宁", told["类别"], f"evidence/富宁县/{file}", told["SHA-256"])
    return ",".join((*parts, "表.xlsx", told["收到日期"], ""))


# ---------------------------------------------------------------- the register


def test_evidence_is_read_with_what_it_is_about_and_since_when(folder: Path) -> None:
    register(folder, named(), named("", "b.jpg", 类别="其他"))
    ledger = on(folder).ledger

    assert [(one.id, one.county, one.kind, one.file) for one in ledger.registers.evidence] == [
        ("富宁-0002", "富宁县", "整改后", "evidence/富宁县/a.jpg"),
        ("", "富宁县", "其他", "evidence/富宁县/b.jpg"),
    ]
    assert ledger.registers.problems == ()
    evidenced = ledger.facts.evidenced
    assert evidenced.entries == (0,)
    assert ledger.cells["编号"][int(evidenced.stamps.rows[0])].as_py() == "富宁-0002"
    assert evidenced.stamps.days.tolist() == [dt.date(2021, 6, 10).toordinal()]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (named(类别="整改中"), "类别"),
        (named(类别=""), "类别"),
        (named(file="../../出去.jpg"), "文件"),
        (named(file=""), "文件"),
        (named(file="C:\\a.jpg"), "文件"),
        (named(**{"SHA-256": "1234"}), "SHA-256"),
        (named(收到日期="2021-06-31"), "收到日期"),
        (named().replace("富宁,", "别处县,"), "县(市)"),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_and_proves_nothing(
    folder: Path, row: str, column: str
) -> None:
    register(folder, row)
    campaign = on(folder)

    assert campaign.ledger.registers.evidence == ()
    (problem,) = campaign.ledger.registers.problems
    assert (problem.code, problem.line, problem.column) == ("bad-evidence", 2, column)


def test_evidence_of_an_issue_that_nobody_knows_is_an_error(folder: Path) -> None:
    register(folder, named("富宁-9999"))

    (problem,) = [p for p in check(folder).problems if p.code == "bad-evidence"]
    assert (problem.file, problem.line, problem.id) == ("evidence.csv", 2, "富宁-9999")
    assert on(folder).faults == 1


def test_evidence_closes_nothing(folder: Path) -> None:
    before = on(folder).overview
    register(folder, *(named(f"富宁-000{n}", f"{n}.jpg") for n in range(1, 5)))

    assert on(folder).overview == before


# ---------------------------------------------------------------- pictures that come with lists


def taken_in(root: Path, *paths: Path, dry_run: bool = False) -> Imported:
    place = workplace(root, 5.0, lambda: None, lambda _text: None)
    return import_lists(place, paths, Wanted(dry_run=dry_run))


def kept(root: Path) -> list[tuple[str, str, str]]:
    """编号, 类别 and file of the register."""
    return [
        (one.id, one.kind, one.file.removeprefix("evidence/富宁县/"))
        for one in on(root).ledger.registers.evidence
    ]


def unreturned(root: Path) -> dict[str, bytes]:
    """The dataset but for what goes back to the counties, which has a time in it."""
    return {k: v for k, v in snapshot(root).items() if not k.startswith("退回")}


def errors(root: Path) -> list[str]:
    return [p.code for p in check(root).problems if p.severity == "error"]


def test_pictures_of_a_workbook_go_to_their_issue_by_row_and_heading(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)
    first = snapshot(folder)
    before, after, both, stray = (photograph(n) for n in range(4))
    path = workbook(
        folder.parent / "富宁县.xlsx",
        ("富宁-0001", "富宁-0002"),
        {(1, 5): before, (1, 7): both, (9, 5): stray},
        {(2, 6): after},
    )

    rehearsed = taken_in(folder, path, dry_run=True)
    assert not (folder / "evidence").exists()
    done = taken_in(folder, path)

    assert [replace(one, file="") for one in rehearsed.pictures] == [
        replace(one, file="") for one in done.pictures
    ]
    assert kept(folder) == [
        ("富宁-0002", "整改后", "富宁-0002-整改后-01.jpg"),
        ("富宁-0001", "整改前", "富宁-0001-整改前-01.jpg"),
        ("富宁-0001", "其他", "富宁-0001-其他-01.jpg"),
        ("", "整改前", "未对应/整改前-01.jpg"),
    ]
    register = on(folder).ledger.registers.evidence
    files = {one.file: (folder / one.file).read_bytes() for one in register}
    assert set(files.values()) == {before, after, both, stray}
    assert {one.digest for one in register} == {
        hashlib.sha256(d).hexdigest() for d in files.values()
    }
    assert {one.received.isoformat() for one in register} == {TODAY}
    assert "富宁县.xlsx 工作表“清单” 第2行“整改前照片”" in {one.source for one in register}
    assert errors(folder) == []
    assert_replays(folder, first)


def test_a_picture_that_begins_a_little_above_its_row_belongs_to_it(folder: Path) -> None:
    path = folder.parent / "富宁县.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for at in (1, 2):
            page.write_row(at, 0, issue_row(f"富宁-000{at}"))
            page.set_row_pixels(at, 80)
        # 48 pixels high: 10 of them in the row of the first issue.
        drawn = {"image_data": io.BytesIO(photograph(1)), "y_offset": 70}
        page.insert_image(1, 6, "a.png", drawn)

    (one,) = taken_in(folder, path).pictures

    assert (one.id, one.kind) == ("富宁-0002", "整改后")


def test_what_came_before_is_not_kept_twice(folder: Path) -> None:
    data = photograph(1)
    path = workbook(folder.parent / "富宁县.xlsx", ("富宁-0001",), {(1, 6): data, (1, 5): data})
    taken_in(folder, path)
    first = unreturned(folder)

    again = taken_in(folder, path)

    assert [one.new for one in again.pictures] == [False, False]
    assert unreturned(folder) == first
    assert len(kept(folder)) == 2


def test_tables_of_word_archives_and_wps_give_theirs_too(folder: Path) -> None:
    in_word, loose, unnamed, of_wps = (photograph(n) for n in range(4))
    emf = b"\1\0\0\0" + bytes(36) + b" EMF" + bytes(40)
    document = docx.Document()
    table = document.add_table(2, 7)
    for at, text in enumerate((*HEADINGS[:6], "整改后")):
        table.cell(0, at).text = text
    for at, text in enumerate(issue_row("富宁-0001")):
        table.cell(1, at).text = text
    table.cell(1, 6).paragraphs[0].add_run().add_picture(io.BytesIO(in_word))
    document.save(str(folder.parent / "富宁县.docx"))
    wps = parts.xlsx_parts(
        f'<row r="2">{parts.text_cell("A2", "富宁-0002")}'
        f"{parts.text_cell('B2', '占道经营（富宁-0002）')}"
        '<c r="G2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
    )
    wps |= {
        "xl/cellimages.xml": (
            '<e:cellImages xmlns:e="e" xmlns:r="r"><e:pic><e:cNvPr name="ID_1"/>'
            '<e:blip r:embed="r1"/></e:pic></e:cellImages>'
        ),
        "xl/_rels/cellimages.xml.rels": parts.relations(("r1", "image", "media/b.png")),
        "xl/media/b.png": of_wps,
        "xl/media/title.emf": emf,
    }
    parts.zipped(folder.parent / "富宁县.xlsx", wps)
    archive = folder.parent / "富宁县材料.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(folder.parent / "富宁县.docx", "清单/富宁县.docx")
        made.write(folder.parent / "富宁县.xlsx", "清单/富宁县.xlsx")
        made.writestr("照片/富宁-0001 整改后.jpg", loose)
        made.writestr("照片/1.jpg", unnamed)

    done = taken_in(folder, archive)

    found = {(one.id, one.kind): (folder / one.file).read_bytes() for one in done.pictures}
    assert found[("富宁-0001", "整改后")] in (in_word, loose)
    assert sorted(kept(folder)) == [
        ("", "其他", "未对应/其他-01.emf"),
        ("", "其他", "未对应/其他-02.jpg"),
        ("富宁-0001", "整改后", "富宁-0001-整改后-01.jpg"),
        ("富宁-0001", "整改后", "富宁-0001-整改后-02.jpg"),
        ("富宁-0002", "其他", "富宁-0002-其他-01.jpg"),
    ]
    assert done.not_taken == ()
    page = render(import_page(done.accounts, (), {}, done.pictures, sample=None, dry_run=False))
    assert "富宁县：共5件，新存5件（整改后 2、其他 3）" in page
    assert "title.emf（不在清单里） → evidence/富宁县/未对应/其他-01.emf：照原样存了" in page
    assert "照片/1.jpg → evidence/富宁县/未对应/其他-02.jpg：没有对应到问题" in page


def two_pictures(folder: Path) -> Path:
    drawn = {(1, 6): photograph(1), (1, 5): photograph(2)}
    return workbook(folder.parent / "富宁县.xlsx", ("富宁-0001",), drawn)


def test_a_full_disk_leaves_neither_rows_nor_pictures(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(
        folder.parent / "富宁县.xlsx",
        ("富宁-0001",),
        {(1, 6): photograph(1), (1, 5): photograph(2)},
    )
    first = snapshot(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(unfinished, "announce", full)
    with pytest.raises(DuzhanError, match="磁盘已满"):
        taken_in(folder, path)

    assert unreturned(folder) == first


@pytest.mark.parametrize("renamed", [1, 2, 3])
def test_an_import_that_breaks_off_is_settled_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, renamed: int
) -> None:
    """Killed after so many files took their places: two pictures, then the register."""
    path = workbook(
        folder.parent / "富宁县.xlsx",
        ("富宁-0001",),
        {(1, 6): photograph(1), (1, 5): photograph(2)},
    )
    done: list[Path] = []

    def killed(source: Path, target: Path) -> None:
        if target.name != PENDING:
            if len(done) == renamed:
                raise KeyboardInterrupt
            done.append(target)
        move(source, target)

    monkeypatch.setattr("duzhan.store.unfinished.rename", killed)
    monkeypatch.setattr(Store, "_break_off", lambda *_: False)
    with suppress(KeyboardInterrupt):
        taken_in(folder, path)
    monkeypatch.undo()
    with Store(folder):
        pass

    files = [one for one in (folder / "evidence").rglob("*") if one.is_file()]
    assert len(files) == len(kept(folder))
    assert litter(folder) == []
    assert errors(folder) == []
    assert not (len(files) % 2)


# ---------------------------------------------------------------- what check says


def warnings(root: Path) -> dict[str, str]:
    """Code to message of what is said of evidence."""
    return {p.code: p.message for p in check(root).problems if p.file == "evidence.csv"}


def filed(root: Path, identifier: str, name: str, data: bytes, **cells: str) -> str:
    """A file in its place, and its row."""
    path = root / "evidence" / "富宁县" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return named(identifier, name, **{"SHA-256": digest, **cells})


def test_files_that_are_gone_or_changed_are_errors(folder: Path) -> None:
    rows = [filed(folder, "富宁-0002", f"{n}.jpg", photograph(n)) for n in range(3)]
    register(folder, *rows)
    assert errors(folder) == []

    (folder / "evidence/富宁县/0.jpg").unlink()
    (folder / "evidence/富宁县/1.jpg").write_bytes(photograph(7))
    outside = folder.parent / "外面.jpg"
    (folder / "evidence/富宁县/2.jpg").rename(outside)
    (folder / "evidence/富宁县/2.jpg").symlink_to(outside)

    found = [(p.code, p.line) for p in check(folder).problems if p.severity == "error"]
    assert found == [("missing-evidence", 2), ("changed-evidence", 3), ("missing-evidence", 4)]


def test_without_the_folder_its_absence_is_said_once(folder: Path) -> None:
    register(folder, *(named(file=f"{n}.jpg") for n in range(30)))

    found = [p for p in check(folder).problems if p.file == "evidence.csv"]
    assert [p.code for p in found if p.severity == "error"] == []
    assert [p.code for p in found].count("no-evidence-files") == 1


def test_doubles_early_photographs_and_what_nothing_names_are_named(folder: Path) -> None:
    early = photograph(1, taken="2021:05:20 10:00:00")
    image = Image.open(io.BytesIO(early))
    nearly = io.BytesIO()
    image.resize((60, 44)).save(nearly, "PNG")
    register(
        folder,
        filed(folder, "富宁-0001", "a.jpg", early),
        filed(folder, "富宁-0002", "b.jpg", early),
        filed(folder, "富宁-0004", "c.png", nearly.getvalue()),
        filed(folder, "富宁-0004", "d.png", photograph(2, form="PNG")),
        filed(folder, "", "e.jpg", photograph(3)),
    )
    (folder / "evidence/富宁县/多出来.jpg").write_bytes(b"x")

    said = warnings(folder)
    assert errors(folder) == []
    assert said["shared-evidence"] == "与第2行（富宁县 富宁-0001）的整改后是同一张，请核对"
    assert "像是同一处拍的" in said["alike-evidence"]
    assert "拍摄于 2021-05-20，早于发现日期 2021-06-01" in said["early-evidence"]
    assert said["unplaced-evidence"].startswith("富宁县有1件没有对应到问题")
    assert "多出来.jpg" in said["unlisted-evidence"]
    assert said["no-evidence"] == "富宁县已销号的问题里有1件没有佐证材料"
    alike = [p.line for p in check(folder).problems if p.code == "alike-evidence"]
    assert alike == [4]


def test_pictures_that_are_none_and_bombs_are_kept_and_stop_nothing(folder: Path) -> None:
    large = io.BytesIO()
    Image.new("1", (6400, 6400)).save(large, "PNG")
    data = large.getvalue()
    assert reduced(data, (80, 80)) is None
    # As if it were of so many pixels that the library itself would not look at it.
    head = b"IHDR" + struct.pack(">II", 30_000, 30_000) + data[24:29]
    bomb = data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]
    rows = [
        filed(folder, "富宁-0002", "a.png", bomb),
        filed(folder, "富宁-0002", "d.png", data),
        filed(folder, "富宁-0002", "b.jpg", b"\xff\xd8\xff\xe0 not a picture"),
        filed(folder, "富宁-0002", "c.jpg", photograph(1)[:200]),
    ]
    register(folder, *rows)

    assert errors(folder) == []
    assert reduced(bomb, (80, 80)) is None


def test_a_small_picture_tells_nothing_of_place_and_device() -> None:
    original = photograph(1, taken="2021:06:02 10:00:00")
    assert b"Phone 13" in original
    small = reduced(original, (40, 40))

    assert small is not None
    assert b"Phone" not in small
    assert b"Exif" not in small
    assert not Image.open(io.BytesIO(small)).getexif()


# ---------------------------------------------------------------- the command


def test_a_file_is_filed_listed_and_verified(
    folder: Path, call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUZHAN_TODAY", TODAY)
    first = snapshot(folder)
    assert call.done("evidence", "--verify").out == "没有登记佐证材料。\n"
    photo = folder.parent / "现场.HEIC"
    photo.write_bytes(photograph(1, taken="2021:06:12 08:30:00"))

    said = call.done("evidence", "富宁－0003", str(photo), "--kind", "整改后", "--by", "李四").out
    assert "富宁县 富宁-0003 整改后：evidence/富宁县/富宁-0003-整改后-01.jpg" in said
    again = call.done("evidence", "富宁-0003", str(photo), "--kind", "整改后").out
    assert "已经登记过" in again
    told = call.done("evidence", "--json").out
    schema_check("evidence", told)
    (one,) = json.loads(told)["evidence"]
    frame = duzhan.open(folder).evidence()
    assert [str(kind) for kind in frame.dtypes[["kind", "received_on", "taken_at"]]] == [
        "category", "datetime64[s]", "datetime64[s]",
    ]  # fmt: skip
    assert (frame["id"][0], frame["file"][0]) == (one["id"], one["file"])
    assert frame["taken_at"][0].isoformat() == one["taken_at"]
    assert (one["id"], one["kind"], one["taken_at"]) == (
        "富宁-0003",
        "整改后",
        "2021-06-12T08:30:00",
    )
    assert (one["received_on"], one["source"]) == (TODAY, "现场.HEIC")
    assert "2021-06-12 08:30" in call.done("evidence", "--county", "富宁").out
    assert "没有登记佐证材料" in call.done("evidence", "--county", "广南").out
    assert "1件佐证材料都在" in call.done("evidence", "--verify").out
    assert "佐证材料　李四" in call.done("history", "富宁-0003").out
    assert_replays(folder, first)

    (folder / one["file"]).write_bytes(b"x")
    result = call("evidence", "--verify")
    assert (result.code, result.out.count("\n")) == (1, 1)
    assert "和登记时不一样了" in result.out


def test_one_that_waited_gets_its_issue_and_stays_where_it_lies(folder: Path, call: Calls) -> None:
    path = workbook(folder.parent / "富宁县.xlsx", ("富宁-0001",), {(7, 5): photograph(1)})
    taken_in(folder, path)
    (waiting,) = on(folder).ledger.registers.evidence

    call.done("evidence", "富宁-0001", str(folder / waiting.file), "--kind", "整改后")

    assert kept(folder) == [("富宁-0001", "整改后", "未对应/整改前-01.jpg")]
    assert errors(folder) == []


def test_evidence_that_gets_its_issue_late_is_named_where_closures_need_it(
    folder: Path, call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = folder / "milestones.yaml"
    text = rules.read_text("utf-8")
    needed = text.replace("closure_needs_evidence: false", "closure_needs_evidence: true")
    rules.write_text(needed, "utf-8")
    monkeypatch.setenv("DUZHAN_TODAY", "2021-06-12")
    path = workbook(folder.parent / "富宁县.xlsx", ("富宁-0003",), {(7, 5): photograph(1)})
    call.done("import", str(path))
    (waiting,) = on(folder).ledger.registers.evidence
    asked = ("weekly-report", "--week", "2021-W24", "--format", "json")
    monkeypatch.setenv("DUZHAN_TODAY", "2021-07-15")
    before = json.loads(call.done(*asked).out)
    call.done("evidence", "富宁-0003", str(folder / waiting.file), "--kind", "整改后")
    after = json.loads(call.done(*asked).out)

    closed = [
        sum((one["issues"] or {}).get("closed", 0) for one in report["status"]["counties"])
        for report in (before, after)
    ]
    assert closed == [0, 1]
    assert "evidence.csv" not in json.dumps(before)
    assert "evidence.csv" in json.dumps(after)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("富宁-0001", "没有.jpg", "--kind", "整改后"), "读不出来"),
        (("富宁-0001", "空.jpg", "--kind", "整改后"), "是空的"),
        (("富宁-9999", "a.jpg", "--kind", "整改后"), "没有编号为“富宁-9999”"),
        (("富宁-0001", "a.jpg"), "要写明文件和类别"),
        (("富宁-0001", "--verify"), "不写编号"),
    ],
)
def test_what_cannot_be_filed_changes_nothing(
    folder: Path, call: Calls, arguments: tuple[str, ...], said: str
) -> None:
    (folder.parent / "空.jpg").touch()
    (folder.parent / "a.jpg").write_bytes(photograph(1))
    first = snapshot(folder)

    result = call(
        "evidence", *(str(folder.parent / a) if a.endswith(".jpg") else a for a in arguments)
    )

    assert result.code in (1, 2)
    assert said in result.err
    assert snapshot(folder) == first


def test_no_identifier_leads_out_of_the_folder(folder: Path, call: Calls) -> None:
    names = ("../../出去", "a/b", "..", "CON", "\u202e富宁", "长" * 300)
    rows = [row(name) for name in names]
    (folder / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, rows))
    photo = folder.parent / "a.jpg"
    photo.write_bytes(photograph(1))

    for name in names:
        call.done("evidence", name, str(photo), "--kind", "整改前")

    assert len(kept(folder)) == len(names)
    assert errors(folder) == []
    files = {one.relative_to(folder).as_posix() for one in folder.rglob("*.jpg")}
    assert files == {f"evidence/富宁县/{name}" for _, _, name in kept(folder)}


# ---------------------------------------------------------------- what goes on paper


def photographed(root: Path) -> Path:
    """富宁-0002, which waits to be verified, before and after; a photograph that came too late."""
    taken = "2021:06:12 08:30:00"
    register(
        root,
        filed(root, "富宁-0002", "前.jpg", photograph(1, taken), 类别="整改前"),
        filed(root, "富宁-0002", "后.jpg", photograph(2, taken)),
        filed(root, "富宁-0003", "晚.jpg", photograph(3, taken), 收到日期="2021-07-20"),
    )
    return root


def visit_of(root: Path, day: str = "2021-07-15") -> Visit:
    return next(v for v in on(root, day).visits(5) if v.status.county.name == "富宁县")


def test_the_visit_sheet_shows_claims_before_and_after_and_tells_no_place(folder: Path) -> None:
    rules = open_dataset(photographed(folder)).rules
    visit = visit_of(folder)

    page = sheet.render(visit, rules, "html", folder, None).decode()
    sources = re.findall(r"data:image/jpeg;base64,([^\"]+)", page)
    pictures = [base64.b64decode(one) for one in sources]
    assert len(pictures) == 2
    assert not any(b"Phone" in one or b"Exif" in one for one in pictures)
    assert "照片自左至右：富宁-0002 整改前、整改后。" in page
    told = sheet.render(visit, rules, "md", folder, None).decode()
    assert "1件的照片另见佐证材料对照表。" in told
    document = docx.Document(io.BytesIO(sheet.render(visit, rules, "docx", folder, None)))
    assert len(document.inline_shapes) == 2
    early = sheet.render(visit_of(folder, "2021-06-09"), rules, "html", folder, None).decode()
    assert "data:image" not in early


def test_a_picture_that_changed_is_not_shown(folder: Path) -> None:
    rules = open_dataset(photographed(folder)).rules
    (folder / "evidence/富宁县/后.jpg").write_bytes(photograph(9))

    page = sheet.render(visit_of(folder), rules, "html", folder, None).decode()

    assert page.count("data:image/jpeg") == 1


def test_a_full_sheet_says_that_photographs_are_elsewhere(folder: Path) -> None:
    many = [row(f"富宁-{n:04d}", **{CLAIMED: "2021-06-10"}) for n in range(1, 30)]
    (folder / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, many))
    rules = open_dataset(photographed(folder)).rules

    page = sheet.render(visit_of(folder), rules, "html", folder, None).decode()

    assert "data:image" not in page
    assert "照片另见佐证材料对照表" in page


def test_the_sheet_of_evidence_is_small_and_tells_nothing_of_the_camera(
    folder: Path, call: Calls
) -> None:
    photographed(folder)
    path = folder.parent / "对照表.docx"

    said = call.done("evidence", "--county", "富宁", "--sheet", "-o", str(path))

    assert "2件问题的照片" in said.err
    document = docx.Document(str(path))
    assert len(document.inline_shapes) == 3
    header = [cell.text for cell in document.tables[0].rows[0].cells]
    assert header == ["编号和问题", "整改前", "整改后"]
    assert document.tables[0].rows[2].cells[1].text == "—"
    with zipfile.ZipFile(path) as parts_of:
        media = [parts_of.read(name) for name in parts_of.namelist() if "/media/" in name]
    assert len(media) == 3
    assert not any(b"Phone" in one or b"Exif" in one for one in media)
    assert call("evidence", "--sheet").code == 2
    assert call("evidence", "--sheet", "-o", "x.pdf").code == 2


def test_closures_without_evidence_are_counted_where_there_is_any(folder: Path) -> None:
    def told(day: str) -> tuple[int, str]:
        campaign = on(folder, day)
        found = campaign.quality()
        return sum(one.without_evidence for one in found), "".join(doubts(found))

    assert told("2021-07-15") == (0, "")
    photographed(folder)

    count, words = told("2021-07-15")
    assert count == 1
    assert "已销号而没有佐证材料的1件：富宁县1件。" in words
    assert told("2021-07-25")[0] == 0


def test_a_sheet_as_full_as_shows_photographs_is_two_pages(folder: Path, tmp_path: Path) -> None:
    require("soffice", "pdfinfo")
    longest = "一" * 60
    claims = [
        row(f"富宁-{n:04d}", 问题描述=f"{longest}{n}", **{CLAIMED: "2021-06-10"})
        for n in range(1, 19)
    ]
    closed = [row(f"富宁-{n:04d}", **{CLOSED: "2021-06-10"}) for n in range(30, 50)]
    (folder / FUNING).write_bytes(rows_bytes(ISSUE_COLUMNS, [*claims, *closed]))
    register(
        folder,
        *(
            filed(folder, f"富宁-{n:04d}", f"{n}{kind}.jpg", photograph(n), 类别=kind)
            for n in range(1, 19)
            for kind in ("整改前", "整改后")
        ),
    )
    visit = visit_of(folder)
    made = sheet.render(visit, open_dataset(folder).rules, "docx", folder, "示例")
    path = tmp_path / "核查单.docx"
    path.write_bytes(made)

    assert len(docx.Document(io.BytesIO(made)).inline_shapes) == 6
    info = subprocess.run(
        ["pdfinfo", str(converted(path, "pdf", tmp_path))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(re.findall(r"Pages:\s+(\d+)", info.stdout)[0]) <= 2


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("seed", range(4))
def test_no_evidence_closes_an_issue_or_betters_a_day(folder: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    ids = [f"富宁-000{n}" for n in range(1, 5)] + ["", "富宁-9999"]
    days = [f"2021-06-{n:02d}" for n in range(2, 30)]
    rows = [
        named(
            dice.choice(ids), f"{n}.jpg",
            类别=dice.choice(["整改前", "整改后", "其他"]), 收到日期=dice.choice(days),
        )
        for n in range(8)
    ]  # fmt: skip
    asked = [dice.choice(days), "2021-07-15"]

    def closed() -> list[set[str]]:
        found = [on(folder, day).issues() for day in asked]
        return [{one.id or "" for one in some if one.state is State.CLOSED} for some in found]

    plain, before = closed(), [on(folder, day).overview for day in asked]
    register(folder, *rows)
    assert [on(folder, day).overview for day in asked] == before
    rules = folder / "milestones.yaml"
    text = rules.read_text("utf-8")
    needed = text.replace("closure_needs_evidence: false", "closure_needs_evidence: true")
    assert needed != text
    rules.write_text(needed, "utf-8")

    assert all(ours <= others for ours, others in zip(closed(), plain, strict=True))


def test_pictures_of_a_sheet_of_several_counties_go_to_their_own(folder: Path) -> None:
    path = folder.parent / "汇总.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("清单")
        page.write_row(0, 0, ("县(市)", *HEADINGS))
        page.write_row(1, 0, ("广南县", *issue_row("广南-0001")))
        page.write_row(2, 0, ("富宁县", *issue_row("富宁-0001")))
        for at in (1, 2):
            page.insert_image(at, 7, f"{at}.png", {"image_data": io.BytesIO(photograph(at))})

    done = taken_in(folder, path)

    assert {(one.county.name, one.id, one.kind) for one in done.pictures} == {
        ("广南县", "广南-0001", "整改后"),
        ("富宁县", "富宁-0001", "整改后"),
    }
    assert (folder / "evidence/广南县/广南-0001-整改后-01.jpg").read_bytes() == photograph(1)

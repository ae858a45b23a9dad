"""督战核查单: two pages, claims first, a sample that anybody can draw again."""

from __future__ import annotations

import functools
import hashlib
import io
import re
import subprocess
from typing import TYPE_CHECKING

import docx

from conftest import REPOSITORY, Run, all_converted, read_json, require
from duzhan.campaign.opening import day_asked, open_dataset
from duzhan.campaign.standing import Campaign
from duzhan.columns import RECORD_COLUMNS, SUPERVISION
from duzhan.report.weekly import visit as sheet

if TYPE_CHECKING:
    from pathlib import Path

    from duzhan.compliance.visit import Visit

DATA = REPOSITORY / "data"


def visits(day: str, sample: int = 5, root: Path = DATA) -> dict[str, Visit]:
    return _of_the_sample(day, sample) if root == DATA else _visits(day, sample, root)


@functools.cache
def _of_the_sample(day: str, sample: int) -> dict[str, Visit]:
    return _visits(day, sample, DATA)


def _visits(day: str, sample: int, root: Path) -> dict[str, Visit]:
    dataset = open_dataset(root)
    campaign = Campaign(dataset, day_asked(day, dataset.rules))
    return {one.status.county.name: one for one in campaign.visits(sample)}


def rendered(visit: Visit, form: str, root: Path = DATA) -> bytes:
    return sheet.render(visit, open_dataset(root).rules, form, None, None)


def test_the_sample_is_drawn_by_a_hash_that_anybody_can_compute(run: Run) -> None:
    drawn = [line.id for line in visits("2021-07-20")["富宁县"].sample]
    told = run("--data", DATA, "issues", "--county", "富宁", "--state", "closed",
               "--as-of", "2021-07-20", "--json")  # fmt: skip
    closed = [one["id"] for one in read_json(told.stdout)["issues"]]

    def lot(identifier: str) -> str:
        return hashlib.sha256(f"富宁县 2021-07-20 {identifier}".encode()).hexdigest()

    assert drawn == sorted(closed, key=lot)[:5]
    assert drawn != [line.id for line in visits("2021-07-21")["富宁县"].sample]
    assert [line.id for line in visits("2021-07-20", 2)["富宁县"].sample] == drawn[:2]


def test_the_figures_are_those_of_status_claims_first_and_the_worst_first(run: Run) -> None:
    told = read_json(run("--data", DATA, "status", "--as-of", "2021-07-18", "--json").stdout)
    assert len(told["counties"]) == 8
    for one in told["counties"]:
        visit = visits("2021-07-18")[one["county"]]
        assert len(visit.claims) == one["issues"]["claimed"]
        assert len(visit.overdue) == one["issues"]["overdue"]
        assert visit.closed == one["issues"]["closed"]
        assert len(visit.faulty) == one["issues"]["invalid"]
        waited = [claim.days for claim in visit.claims]
        assert waited == sorted(waited, reverse=True)
        late = [line.days_overdue or 0 for line in visit.overdue]
        assert late == sorted(late, reverse=True)
        headings = [heading for heading, _, _ in sheet.sections(visit)]
        assert [heading[:4] for heading in headings] == ["一、请核", "二、超期", "三、抽查"]


def test_what_to_ask_for_is_named_and_measured() -> None:
    rules = open_dataset(DATA).rules
    asked = sheet.asks(visits("2021-07-18")["麻栗坡县"], rules)

    assert asked == (
        "7月31日前再销号21件。",
        "7月31日前完成“管理、机制、档案等制度性工作要求全面完成和落实”。",
        "补报7月12日至7月18日的周报。",
    )
    faulty = sheet.asks(visits("2021-07-18")["广南县"], rules)
    assert any(line.startswith("更正15件问题的数据（广南-") for line in faulty)


def test_what_is_noted_stands_in_the_order_of_the_record() -> None:
    names = [name for name, _ in sheet.fields(open_dataset(DATA).rules)]

    assert names == [name for name in RECORD_COLUMNS[SUPERVISION] if name != "县(市)"]


def test_a_county_without_a_list_is_asked_for_it(dataset: Path) -> None:
    visit = visits("2021-07-18", root=dataset)["富宁县"]

    assert sheet.asks(visit, open_dataset(dataset).rules)[0] == "报送问题清单。"
    assert "：没有" in sheet.sections(visit)[0][0]
    rendered(visit, "docx", dataset)


def test_earlier_rechecks_of_the_county_stand_below_the_sample(sample: Path) -> None:
    with (sample / "rechecks.csv").open("a", encoding="utf-8") as file:
        file.write("2021-07-15,富宁县,富宁-0001,属实,李四,\n")
        file.write("2021-07-16,富宁县,富宁-0002,不属实,李四,\n")
        file.write("2021-07-19,富宁县,富宁-0001,不属实,李四,\n")
    visit = visits("2021-07-18", root=sample)["富宁县"]

    note = sheet.sections(visit)[2][2]
    share = "抽查复核2件，不属实1件（50.0%，95%区间9.4%至90.5%）"
    assert note == f"此前{share}；最近的：7月16日富宁-0002不属实、7月15日富宁-0001属实。"
    assert note in rendered(visit, "md").decode()
    assert sheet.sections(visits("2021-07-18", root=sample)["广南县"])[2][2] == ""


def test_it_is_two_pages_of_word_at_most(tmp_path: Path) -> None:
    require("soffice", "pdfinfo")
    paths = []
    for day in ("2021-06-27", "2021-07-18"):
        every = visits(day, 15)
        worst = sorted(every.values(), key=lambda one: -len(one.claims) - len(one.overdue))
        for visit in (worst[0], worst[1]):
            paths.append(tmp_path / f"{visit.status.county.name} {day}.docx")
            paths[-1].write_bytes(rendered(visit, "docx"))
    for pdf in all_converted(paths, "pdf", tmp_path):
        info = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True)
        assert re.search(r"^Pages: +[12]$", info.stdout, re.MULTILINE), pdf.stem


def test_boxes_stand_beside_each_claim() -> None:
    visit = visits("2021-07-18")["麻栗坡县"]
    document = docx.Document(io.BytesIO(rendered(visit, "docx")))

    claims = document.tables[0]
    assert [cell.text for cell in claims.rows[0].cells][3:6] == ["报完成", "属实", "不属实"]
    assert all(row.cells[4].text == row.cells[5].text == "□" for row in claims.rows[1:])
    assert rendered(visit, "html").decode().count('class="box"') == 2 * (len(visit.claims) + 5)


def test_the_command_writes_a_sheet_or_one_a_county(sample: Path, run: Run, tmp_path: Path) -> None:
    day = ("--as-of", "2021-07-20")
    shown = run("--data", sample, "visit", "--county", "富宁", *day)
    assert shown.stdout.startswith("# 富宁县督战核查单\n")
    one = run("--data", sample, "visit", "--county", "富宁", *day, "-o", tmp_path / "一.html")
    assert one.returncode == 0, one.stderr
    assert "<h1>富宁县督战核查单</h1>" in (tmp_path / "一.html").read_text("utf-8")
    every = run("--data", sample, "visit", *day, "-o", tmp_path / "各县")
    assert every.returncode == 0, every.stderr
    assert len(list((tmp_path / "各县").glob("*督战核查单_2021-07-20.docx"))) == 8
    for wrong in (("-o", "核查.pdf"), ("--format", "docx"), ("-o", "全部.docx")):
        refused = run("--data", sample, "visit", *day, *wrong)
        assert (refused.returncode, refused.stdout) == (2, ""), wrong

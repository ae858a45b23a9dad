"""A real browser opens the weekly report: on a phone, on a screen, on paper."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from browser import opened
from conftest import REPOSITORY, done, require

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

_PROBE = """() => ({
  width: innerWidth,
  over: document.documentElement.scrollWidth - innerWidth,
  wide: [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > innerWidth + 1 && !e.closest(".scroll") && !e.closest("figure");
  }).map((e) => e.tagName + ":" + e.textContent.slice(0, 20)),
  tables: document.querySelectorAll("table").length,
  charts: document.querySelectorAll("svg[role=img][aria-label]").length,
})"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefecture's report of a week, with its charts."""
    folder = tmp_path_factory.mktemp("browser")
    done(
        "--data", REPOSITORY / "data", "weekly-report", "--week", "2021-W25",
        "--format", "html", "--output", folder,
    )  # fmt: skip
    return folder / "督战周报_2021-W25.html"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_off_the_screen(page: Path, browser: Browser, width: int) -> None:
    with opened(browser, page, size=(width, 900)) as (shown, requests, complaints):
        told = shown.evaluate(_PROBE)
        assert (requests, complaints) == ([], [])
    assert told == {"width": width, "over": 0, "wide": [], "tables": 11, "charts": 3}


def test_it_prints_on_a_few_pages_of_a4_with_all_its_words(
    page: Path, browser: Browser, tmp_path: Path
) -> None:
    require("pdfinfo", "pdftotext")
    paper = tmp_path / "paper.pdf"
    with opened(browser, page) as (shown, *_):
        shown.pdf(path=paper, prefer_css_page_size=True)

    told = subprocess.run(
        ["pdfinfo", paper], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    pages = re.findall(r"Pages:\s+(\d+)", told)
    assert re.search(r"Page size:\s+59[45](\.\d+)? x 84[12](\.\d+)? pts", told)
    assert int(pages[0]) <= 6
    text = subprocess.run(
        ["pdftotext", "-layout", paper, "-"],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    plain = re.sub(r"\s", "", text)
    for words in ("一、总体情况", "七、数据质量", "官寨乡集镇河道两岸", "数据集摘要"):
        assert words in plain

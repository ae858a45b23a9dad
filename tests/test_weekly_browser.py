"""A real browser opens the weekly report: on a phone, on a screen, on paper."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from conftest import REPOSITORY, done, require

if TYPE_CHECKING:
    from pathlib import Path

_PROBE = """<script>
addEventListener("load", () => {
  const wide = [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > innerWidth + 1 && !e.closest(".scroll") && !e.closest("figure");
  });
  document.title = JSON.stringify({
    width: innerWidth,
    over: document.documentElement.scrollWidth - innerWidth,
    wide: wide.map((e) => e.tagName + ":" + e.textContent.slice(0, 20)),
    tables: document.querySelectorAll("table").length,
    charts: document.querySelectorAll("svg[role=img][aria-label]").length,
  });
});
</script></head>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefecture's report of a week, with its charts."""
    folder = tmp_path_factory.mktemp("browser")
    done(
        "--data", REPOSITORY / "data", "weekly-report", "--week", "2021-W25",
        "--format", "html", "--output", folder,
    )  # fmt: skip
    return folder / "督战周报_2021-W25.html"


def chromium(*arguments: str | Path, profile: Path) -> str:
    require("chromium")
    made = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars", f"--user-data-dir={profile}", *arguments],
        check=True, capture_output=True, encoding="utf-8", timeout=100,
    )  # fmt: skip
    return made.stdout


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_off_the_screen(page: Path, tmp_path: Path, width: int) -> None:
    inner = tmp_path / "inner.html"
    inner.write_text(page.read_text("utf-8").replace("</head>", _PROBE, 1), "utf-8")
    # A window cannot be as narrow as a phone; a frame can.
    outer = tmp_path / "outer.html"
    frame = f'<iframe src="inner.html" style="width:{width}px;height:900px;border:0"></iframe>'
    copy = (
        "<script>addEventListener('load', () => { document.title = "
        "document.querySelector('iframe').contentDocument.title; })</script>"
    )
    outer.write_text(f"<html><head>{copy}</head><body>{frame}</body></html>", "utf-8")

    shown = chromium(
        "--allow-file-access-from-files", "--window-size=1400,1000", "--dump-dom",
        outer.as_uri(), profile=tmp_path / "profile",
    )  # fmt: skip

    (title,) = re.findall(r"<title>(\{.*?\})</title>", shown)
    told = title.replace("&amp;", "&")
    assert f'"width":{width}' in told
    assert '"over":0' in told
    assert '"wide":[]' in told
    assert '"tables":11' in told
    assert '"charts":3' in told


def test_it_prints_on_a_few_pages_of_a4_with_all_its_words(page: Path, tmp_path: Path) -> None:
    require("pdfinfo", "pdftotext")
    paper = tmp_path / "paper.pdf"
    chromium(
        "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri(),
        profile=tmp_path / "profile",
    )  # fmt: skip

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

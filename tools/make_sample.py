"""Write the sample dataset: `python tools/make_sample.py` rewrites `data/`.

The same bytes on every run. Rosters and rules are not its business: it writes
the issue ledgers, the four record files, and the file that marks them as a sample.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sample_dice import Dice
from sample_dirt import spoil
from sample_duties import deliverables, reports, scores, supervisions
from sample_issues import as_row, issues_of
from sample_story import STORIES

if TYPE_CHECKING:
    from sample_story import Story

Row = dict[str, str]

DATA = Path(__file__).resolve().parent.parent / "data"
CARELESS = "广南县"
MARKER = "示例数据.txt"
SENTENCE = "示例数据：由程序生成，不是任何县（市）的真实情况。"
EXPLANATION = (
    "问题、评分、验收、督战和报送记录均由 tools/make_sample.py 按固定种子生成；"
    "督战领导的姓名和职务取自文办通〔2021〕81号，其活动均为虚构。\n"
    "改用真实数据时，请用 duzhan init 另建数据目录，或删除本文件和全部示例记录。"
)


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Write the sample dataset.")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA, help="default: data/")
    folder: Path = parser.parse_args().folder
    for name, content in sample_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def sample_files() -> dict[str, bytes]:
    """Give every file of the sample by its path in the dataset."""
    by_week = [row for story in STORIES for row in reports(story, Dice(f"报告 {story.county}"))]
    by_day = [row for story in STORIES for row in supervisions(story, Dice(f"督战 {story.county}"))]
    by_week.sort(key=lambda row: row["周次"])
    by_day.sort(key=lambda row: row["日期"])
    files = {
        f"issues/{story.county}.csv": _ledger(story, turn) for turn, story in enumerate(STORIES)
    }
    files |= {
        "scores.csv": scores(),
        "deliverables.csv": deliverables(),
        "supervision.csv": by_day,
        "county_reports.csv": by_week,
    }
    written = {name: _csv_bytes(rows) for name, rows in files.items()}
    written[MARKER] = f"{SENTENCE}\n{EXPLANATION}\n".encode("utf-8-sig")
    return written


def _ledger(story: Story, turn: int) -> list[Row]:
    issues = issues_of(story, Dice(story.county), turn)
    rows = [as_row(issue, number, story.county) for number, issue in enumerate(issues, 1)]
    return spoil(rows, Dice(f"手误 {story.county}")) if story.county == CARELESS else rows


def _csv_bytes(rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


if __name__ == "__main__":
    main()

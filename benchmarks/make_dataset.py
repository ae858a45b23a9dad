"""Write a big dataset of plausible issues: `python benchmarks/make_dataset.py --rows N DIR`.

Eight counties of equal size. A fifth of the dates take other forms than ISO, a
tenth of the rows hold a line break inside a quoted cell, and 马关县's file is
GB18030 (the others UTF-8 with BOM). The same bytes on every run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
COUNTIES = ("文山市", "砚山县", "西畴县", "麻栗坡县", "马关县", "丘北县", "广南县", "富宁县")
IN_GB18030 = "马关县"
SHARE_OF_OTHER_FORMS = 0.2
SHARE_OF_LINE_BREAKS = 0.1
ROWS_A_WRITE = 10_000

START = dt.date(2021, 5, 1)
DAYS = (dt.date(2021, 12, 31) - START).days
EXCEL_EPOCH = dt.date(1899, 12, 30)
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")

HEADERS = {
    "issues": "编号,问题描述,地点,专项行动,问题来源,责任单位,责任人,发现日期,整改期限,"
    "整改完成日期,销号日期,退回日期,核验人,备注",
    "scores.csv": "日期,县(市),评估方,总分,考核节点,备注",
    "deliverables.csv": "任务,县(市),完成日期,验收单位,备注",
    "supervision.csv": "日期,县(市),方式,带队领导,发现问题,工作要求,备注",
    "county_reports.csv": "周次,县(市),报送日期,报送督战组,含小结分析,抄送州爱卫办,"
    "抄送州爱卫专项办,备注",
}
ACTIONS = ("清垃圾", "扫厕所", "勤洗手", "净餐馆", "常消毒", "管集市", "众参与")
SOURCES = ("省爱卫专项办", "红河州创卫指导组", "州级业务指导组", "省州交办", "督战组督战发现")
UNITS = ("住房和城乡建设局", "市场监督管理局", "卫生健康局", "城市管理局", "教育体育局")
PROBLEMS = (
    "垃圾清运不及时，桶外散落垃圾",
    "公厕地面有积水、异味较重",
    "洗手设施龙头损坏，有台无水",
    "餐饮店“三防”设施不全，无防蝇帘",
    "消毒记录不完整，无配比浓度",
    "划行归市不规范，生熟食品混卖",
    "健康教育宣传栏内容未更新",
    "病媒生物孳生地未清除，需投药",
    '商户称"明日清理"，复查仍未清理',
)
PLACES = (
    "城区农贸市场",
    "客运站公厕",
    "建设路背街小巷",
    "第一小学食堂",
    "集镇街天集市",
    "老旧小区",
)
NOTES = (
    "",
    "整改前后照片已报州爱卫专项办，责任单位已建立长效管护机制",
    "已约谈责任单位分管负责人，要求举一反三、限期整改到位",
    "需协调资金，列入县级工程项目，按月调度进度",
    "照片和台账见附件，已纳入网格日常巡查",
)
BROKEN_NOTES = (
    '"已约谈责任单位分管负责人\n整改前后照片见附件"',
    '"需协调资金\n列入县级工程项目，按月调度进度"',
)


def main() -> None:
    """Read the command line and write the dataset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, required=True, help="issues in all eight counties")
    parser.add_argument("folder", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    write_dataset(arguments.folder, arguments.rows)


def write_dataset(folder: Path, rows: int) -> None:
    """Write a dataset with that many issues in all."""
    (folder / "issues").mkdir(parents=True, exist_ok=True)
    for number, county in enumerate(COUNTIES):
        share = rows // len(COUNTIES) + (number < rows % len(COUNTIES))
        encoding = "gb18030" if county == IN_GB18030 else "utf-8-sig"
        with (folder / "issues" / f"{county}.csv").open("w", encoding=encoding, newline="") as file:
            file.write(HEADERS["issues"] + "\n")
            file.writelines(issues_of(county, share))
    for name, header in HEADERS.items():
        if name != "issues":
            (folder / name).write_text(header + "\n", encoding="utf-8-sig", newline="\n")
    for name in ("groups.yaml", "milestones.yaml"):
        if (ROOT / "data" / name).exists():
            shutil.copyfile(ROOT / "data" / name, folder / name)


def issues_of(county: str, rows: int) -> Iterator[str]:
    """Rows of a county's list, many at a time."""
    dice = random.Random(county)  # noqa: S311 - benchmark data, no secret
    dates = [_forms(START + dt.timedelta(days=day)) for day in range(DAYS + 1)]
    for first in range(1, rows + 1, ROWS_A_WRITE):
        last = min(first + ROWS_A_WRITE, rows + 1)
        yield "".join([_row(county, number, dice, dates) for number in range(first, last)])


def _forms(day: dt.date) -> tuple[str, ...]:
    """Write a day in ISO and in the other forms that counties use."""
    return (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day.month}月{day.day}日",
        day.isoformat().translate(FULL_WIDTH),
        str((day - EXCEL_EPOCH).days),
    )


def _row(county: str, number: int, dice: random.Random, dates: list[tuple[str, ...]]) -> str:
    chance = dice.random
    short = county[:-1]
    broken = chance() < SHARE_OF_LINE_BREAKS
    in_note = broken and chance() < 0.5
    text = f"{PROBLEMS[int(chance() * 9)]}（第{number}处）"
    if broken and not in_note:
        text = text.replace("，", "\n", 1) + "\n立行立改"
    if '"' in text or "\n" in text:
        text = '"' + text.replace('"', '""') + '"'
    note = BROKEN_NOTES[int(chance() * 2)] if in_note else NOTES[int(chance() * 5)]
    place = PLACES[int(chance() * 6)]
    action = ACTIONS[int(chance() * 7)]
    unit = f"{county}{UNITS[int(chance() * 5)]}"
    found, due, claims, closures, returns = _life(dice, dates)
    verifier = f"{county}督战组" if closures else ""
    return (
        f"{short}-{number:04d},{text},{place}{number % 97}号点位,{action},"
        f"{SOURCES[int(chance() * 5)]},{unit},,{found},{due},{claims},{closures},{returns},"
        f"{verifier},{note}\n"
    )


def _life(dice: random.Random, dates: list[tuple[str, ...]]) -> tuple[str, str, str, str, str]:
    """Draw found, due, claimed, struck off, sent back: four in five struck off, some twice."""
    chance = dice.random
    found = int(chance() * (DAYS - 60))
    claim = found + 1 + int(chance() * 25)
    due = min(DAYS, found + 5 + int(chance() * 40))

    def written(day: int) -> str:
        forms = dates[min(day, DAYS)]
        if chance() >= SHARE_OF_OTHER_FORMS:
            return forms[0]
        return forms[1 + int(chance() * 7)]

    fate = chance()
    claims = written(claim) if fate < 0.9 else ""
    closures = written(claim + 1 + int(chance() * 6)) if fate < 0.82 else ""
    returns = ""
    if 0.8 < fate < 0.82:
        returns = written(claim + 10)
        claims = f"{claims}；{written(claim + 15)}"
        closures = f"{closures}；{written(claim + 20)}"
    return written(found), written(due), claims, closures, returns


if __name__ == "__main__":
    main()

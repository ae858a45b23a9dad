"""The sample's other records: weekly duties, scores, deliverables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sample_issues import days
from sample_story import DELIVERABLES, END, MARK, STORIES
from sample_words import SCENES

if TYPE_CHECKING:
    from sample_dice import Dice
    from sample_story import Story

Row = dict[str, str]

FIRST_WEEK, LAST_WEEK = 22, 52

# Posts and names exactly as the notice lists them; two posts stand without a name.
LEADERS = {
    "文山市": (
        "州委常委、州委宣传部部长、州委统战部部长 王毅",
        "副州长 李英杰",
        "州住房和城乡建设局党组书记 陆勇",
        "州住房城乡建设局督查专员 董文晓",
    ),
    "砚山县": ("副州长 玉荣", "州政协副主席 刘锦超", "州商务局局长", "州商务局副局长 刘贵红"),
    "西畴县": (
        "州人大常委会副主任 李献文",
        "副州长 周家宝",
        "州农业农村局局长 杜勇",
        "州农业农村局副局长 高启刚",
    ),
    "麻栗坡县": (
        "副州长、州公安局局长",
        "州政协副主席 熊朝康",
        "州委宣传部常务副部长 赵庭江",
        "州文明办专职副主任 唐斌",
    ),
    "马关县": (
        "州委副书记 杜建辉",
        "副州长人选 陆波",
        "州政协副主席 李顺福",
        "州教育体育局局长 袁加全",
        "州教育体育局副局长 刘先文",
    ),
    "丘北县": (
        "州委常委、副州长 梁映敏",
        "州人大常委会副主任 陶开晖",
        "州生态环境局局长 刀锦祥",
        "州生态环境局副局长 杨云",
    ),
    "广南县": (
        "州人大常委会副主任 张仁茂",
        "副州长 张彦",
        "州卫生健康委党组书记 韦超",
        "州卫生健康委副主任 罗勇",
    ),
    "富宁县": (
        "州委常委、常务副州长 李先祥",
        "州人大常委会副主任 李云龙",
        "州市场监管局局长 王毅",
        "州市场监管局副局长 屠金亮",
    ),
}

ON_SITE = ("实地督战", "实地督战", "实地督战", "随机督战")
REMOTE = ("电话督战", "视频督战", "书面指示督战")

FINDINGS = (
    "抽查{few}个点位，{action}方面仍有问题未整改到位",
    "清单内{few}个问题整改进度滞后，责任单位措施不实",
    "{action}标准不高，抽查{many}处有{few}处反弹",
    "部分整改资料不全，{few}个问题佐证照片缺失",
    "城乡接合部和背街小巷保洁薄弱，{action}落实不够",
    "总体推进有序，{action}个别点位需巩固",
)

DEMANDS = (
    "对照清单逐项销号，{few}日内报送整改情况",
    "由分管领导牵头，每日调度，限期完成{action}问题整改",
    "举一反三开展自查，防止问题反弹",
    "倒排工期、挂图作战，确保月底前达到节点要求",
    "压实责任单位主体责任，下次督战复核",
    "完善佐证资料，及时申请核验销号",
)


def supervisions(story: Story, dice: Dice) -> list[Row]:
    """The group's supervisions of one county, week by week."""
    rows: list[Row] = []
    for week in range(FIRST_WEEK, LAST_WEEK + 1):
        if week in story.unsupervised:
            continue
        times = 2 if dice.happens(0.15) else 1
        offsets = sorted({dice.between(0, 4) for _ in range(times)})
        rows += [_supervision(story, _monday(week) + days(offset), dice) for offset in offsets]
    return rows


def _supervision(story: Story, day: dt.date, dice: Dice) -> Row:
    remote = day.isocalendar().week in story.remote or dice.happens(0.3)
    method = dice.pick(REMOTE if remote else ON_SITE)
    action = dice.pick(tuple(SCENES))
    demand = dice.fill(dice.pick(DEMANDS).replace("{action}", action))
    if not remote and dice.happens(0.06):
        method = "约谈"
        demand = f"约谈{story.county[-1]}委、{story.county[-1]}政府分管领导：{demand}"
    leaders = LEADERS[story.county]
    return {
        "日期": min(day, END).isoformat(),
        "县(市)": story.county,
        "方式": method,
        "带队领导": dice.pick(leaders + leaders[2:]),
        "发现问题": dice.fill(dice.pick(FINDINGS).replace("{action}", action)),
        "工作要求": demand,
        "备注": MARK,
    }


def reports(story: Story, dice: Dice) -> list[Row]:
    """One county's written weekly reports."""
    weeks = range(FIRST_WEEK, LAST_WEEK + 1)
    return [_report(story, week, dice) for week in weeks if week not in story.unreported]


def _report(story: Story, week: int, dice: Dice) -> Row:
    sunday = _monday(week) + days(6)
    late = week in story.reported_late
    day = sunday + days(dice.between(1, 3)) if late else sunday - days(dice.between(0, 3))
    lacking = dice.pick((1, 2, 3)) if week in story.incomplete else None
    group, summary, office, task_force = ("否" if place == lacking else "是" for place in range(4))
    return {
        "周次": f"2021-W{week}",
        "县(市)": story.county,
        "报送日期": min(day, END).isoformat(),
        "报送督战组": group,
        "含小结分析": summary,
        "抄送州爱卫办": office,
        "抄送州爱卫专项办": task_force,
        "备注": MARK,
    }


def _monday(week: int) -> dt.date:
    return dt.date.fromisocalendar(2021, week, 1)


def scores() -> list[Row]:
    """All assessments, by day."""
    return [
        {
            "日期": score.day.isoformat(),
            "县(市)": county,
            "评估方": score.assessor,
            "总分": score.points,
            "考核节点": score.milestone,
            "备注": MARK,
        }
        for score, county in sorted(
            ((score, story.county) for story in STORIES for score in story.scores),
            key=lambda pair: pair[0].day,
        )
    ]


def deliverables() -> list[Row]:
    """All deliverables, by task."""
    return [
        {
            "任务": task,
            "县(市)": story.county,
            "完成日期": f"2021-{story.deliverables[number]}",
            "验收单位": body,
            "备注": MARK,
        }
        for number, (task, body) in enumerate(DELIVERABLES)
        for story in STORIES
    ]

"""The keys of milestones.yaml: one table for checking, editors and docs.

The descriptions are Chinese because users read them: editors show them while
somebody types (through schemas/*.json) and messages quote them when a key is
missing. Checks across keys are in `roster` and `rules`; a kind of requirement
brings its own keys (`duzhan.requirements`). The other files' keys are in `roster_keys`
and `standard_keys`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from duzhan.model import Wording
from duzhan.requirements import KINDS
from duzhan.shapes import Below, ByKind, Each, FileKeys, FreeKeys, OneOf, key, optional
from duzhan.values import BOOL, DATE, DAYS, LINE, NAME, TEXT, TIME_ZONE, WHOLE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from duzhan.requirements.protocol import RequirementKeys

_WORDING = Wording()


class NoticeKeys(FileKeys):
    """The document that the rules come from."""

    number: str = key(LINE, "文号")
    title: str = key(LINE, "标题")
    date: dt.date = key(DATE, "印发日期，如 2021-05-30")
    issuers: list[str] = key(Each(LINE, least=1), "印发机关")


class PeriodKeys(FileKeys):
    """From when to when the campaign runs 〔二〕."""

    start: dt.date = key(DATE, "行动第一天，如 2021-05-01")
    end: dt.date = key(DATE, "行动最后一天，如 2021-12-31")
    sentence: str = key(TEXT, "通知原文")
    clause: str = key(LINE, "通知中的出处")


class ScoreRangeKeys(FileKeys):
    """The scale of the assessments; the notice does not give it."""

    min: int = key(WHOLE, "最低分，如 0")
    max: int = key(WHOLE, "满分，如 1000")
    interpreted: bool = key(BOOL, "通知未写明，是解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "这样理解的理由；解释值必填")


def _kinds() -> Mapping[str, type[RequirementKeys]]:
    """Each kind's keys."""
    return {name: kind.keys for name, kind in KINDS.items()}


REQUIREMENT = ByKind(_kinds)


class MilestoneKeys(FileKeys):
    """What every county must have reached by the end of a day 〔三(三)〕."""

    id: str = key(NAME, "节点编号，如 2021-06；scores.csv 的“考核节点”填它")
    name: str = key(LINE, "节点名称，如 6月底前")
    deadline: dt.date = key(DATE, "截止日期（含当日），如 2021-06-30")
    sentence: str = key(TEXT, "通知原文整句")
    clause: str = key(LINE, "通知中的出处，如 三(三)2")
    requirements: list[RequirementKeys] = key(Each(REQUIREMENT, least=1), "该节点的各项要求")


class DutyKeys(FileKeys):
    """What must be done each week 〔六(二)〕."""

    id: Literal["supervision", "report", "analysis"] = key(
        OneOf("supervision", "report", "analysis"),
        "supervision 督导，report 书面报告，analysis 小结分析（随报告报送）",
    )
    name: str = key(LINE, "名称")
    sentence: str = key(TEXT, "通知原文")
    clause: str = key(LINE, "通知中的出处")
    analysis: bool = key(
        BOOL, "书面报告是否要含小结分析（true 或 false）；写 false 的记录里没有这一列", default=True
    )


class EscalationKeys(FileKeys):
    """Who is told of an issue from a certain day on; the notice leaves this open."""

    id: str = key(NAME, "这一级的短代号，如 remind；不重复，用过的不要改")
    name: str = key(LINE, "这一级的名称，如 到期提醒")
    from_days: int = key(DAYS, "从超期第几天起，如 8；负数为到期之前几天，如 -3")
    to: list[Literal["liaison", "group", "leaders", "offices"]] = key(
        Each(OneOf("liaison", "group", "leaders", "offices"), least=1),
        "告知谁：liaison 联络员、group 组、leaders 组长、offices 办公室",
    )
    clause: str = key(LINE, "通知中的出处；通知没有的空着", "")
    interpreted: bool = key(BOOL, "通知未写明，是解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "这样安排的理由；解释值必填")


class SanctionKeys(FileKeys):
    """What a county is proposed for in a circular; all conditions given must hold."""

    id: str = key(NAME, "短代号，如 red；不重复")
    name: str = key(LINE, "名称，如 红牌警示、约谈政府主要领导")
    missed: int | None = optional(WHOLE, "已过节点的要求有几项未达到")
    overdue: int | None = optional(WHOLE, "超期问题有多少件")
    days_overdue: int | None = optional(WHOLE, "最长的超期多少天")
    no_data: bool = key(BOOL, "没有报送问题清单（true 或 false）", default=False)
    instead_of: str | None = optional(NAME, "代替哪一项较轻的（写它的 id）")
    sentence: str = key(TEXT, "通知原文；通知没有的空着", "")
    clause: str = key(LINE, "通知中的出处；通知没有的空着", "")
    interpreted: bool = key(BOOL, "通知未写明，是解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "这样建议的理由；解释值必填")


class TermKeys(FileKeys):
    """A word that cells may hold."""

    name: str = key(LINE, "规范写法")
    clause: str | None = optional(LINE, "通知中的出处；通知没有的空着")
    note: str | None = optional(TEXT, "说明")
    aliases: list[str] = key(Each(LINE), "其他写法；一个写法只能属于一个词", [])


class AssessorKeys(TermKeys):
    """Who assesses 〔三(三)〕."""

    self_assessment: bool = key(BOOL, "是否自评；自评不作为达标依据", default=False)


class MethodKeys(TermKeys):
    """How a group supervises 〔五〕."""

    on_site: bool = key(BOOL, "是否实地", default=False)
    at_random: bool = key(BOOL, "是否不打招呼（随机）；可与其他方式并用，最多一个", default=False)


class DueWordKeys(FileKeys):
    """A word that a deadline may be told by."""

    name: str = key(LINE, "写法，如 立行立改")
    days: int | None = optional(WHOLE, "发现之后几天；没有期限（如 长期坚持）的空着")
    interpreted: bool = key(BOOL, "是本数据集的解释值（true 或 false）", default=False)
    note: str | None = optional(TEXT, "这样理解的理由；解释值必填")


class VocabularyKeys(FileKeys):
    """The words of the ledger and of the record files."""

    sources: list[TermKeys] = key(Each(Below(TermKeys)), "问题来源", [])
    assessors: list[AssessorKeys] = key(Each(Below(AssessorKeys)), "评估方；没有评分则不写", [])
    methods: list[MethodKeys] = key(Each(Below(MethodKeys)), "督导方式；没有每周督导则不写", [])
    actions: list[TermKeys] = key(Each(Below(TermKeys)), "问题的类别；不分则不写", [])
    empty_words: list[str] | None = optional(
        Each(LINE), "等于没有填写的词，如 无、/；不写则用自带的"
    )
    yes_words: list[str] | None = optional(Each(LINE, least=1), "表示“是”的词；不写则用自带的")
    due_words: list[DueWordKeys] | None = optional(
        Each(Below(DueWordKeys)), "整改期限里代替日期的词，如 立行立改、长期坚持"
    )
    done_words: list[str] | None = optional(
        Each(LINE), "整改情况一格里表示已经整改完的词，如 已完成；只作申报，不作销号"
    )
    not_done_words: list[str] | None = optional(
        Each(LINE), "整改情况一格里表示没有整改完的词，如 整改中"
    )
    strike_headings: list[str] | None = optional(
        Each(LINE), "整改情况各种表头中只说是否销号的；其下的“否”不表示没有整改"
    )


class WordingKeys(FileKeys):
    """What the campaign calls its things."""

    unit: str = key(LINE, "督导的单位叫什么，如 区、企业", _WORDING.unit)
    whole: str | None = optional(LINE, "全体叫什么，如 全市；不写则按所属地方的名称")
    group: str = key(LINE, "组叫什么，如 督导组", _WORDING.group)
    supervise: str = key(LINE, "组做什么，如 督导；不写的组名、标题跟着它变", _WORDING.supervise)
    action: str = key(LINE, "分类的一栏叫什么，如 隐患类别", _WORDING.action)
    rate: str = key(LINE, "整改的比例叫什么，如 整改率", _WORDING.rate)
    rate_short: str = key(LINE, "表头里用的简称；不写而写了 rate 的，用 rate", _WORDING.rate_short)
    score: str = key(LINE, "评分的全称", _WORDING.score)
    score_short: str = key(LINE, "评分的简称", _WORDING.score_short)
    offices: str = key(LINE, "各办公室合起来的叫法，如 市安委办", _WORDING.offices)
    report: str = key(LINE, "周报的标题", _WORDING.report)
    summary: str = key(LINE, "一个单位的周小结的标题", _WORDING.summary)
    brief: str = key(LINE, "一页纸要点的标题", _WORDING.brief)
    visit: str = key(LINE, "随身核查单的标题", _WORDING.visit)
    dashboard: str = key(LINE, "看板的标题", _WORDING.dashboard)
    subject: str = key(LINE, "邮件主题开头【】里的字", _WORDING.subject)


class MilestonesFile(FileKeys):
    """The whole of milestones.yaml."""

    name: str = key(LINE, "行动名称")
    notice: NoticeKeys = key(Below(NoticeKeys), "规则所依据的通知")
    period: PeriodKeys = key(Below(PeriodKeys), "行动起止")
    time_zone: str = key(TIME_ZONE, "时区的 IANA 名称，如 Asia/Shanghai")
    duties_from: dt.date | None = optional(
        DATE, "每周职责从哪个周一算起，如 2021-05-31；没有每周职责则不写"
    )
    warn_days: int = key(WHOLE, "距截止多少天起，未达到的要求亮黄灯，如 10")
    closure_needs_verifier: bool = key(
        BOOL, "没有核验人的销号是否只算待核验（true 或 false）", default=False
    )
    closure_needs_evidence: bool = key(
        BOOL, "没有佐证材料的销号是否只算待核验（true 或 false）", default=False
    )
    score_range: ScoreRangeKeys | None = optional(
        Below(ScoreRangeKeys), "评分的范围；没有评分则不写"
    )
    milestones: list[MilestoneKeys] = key(
        Each(Below(MilestoneKeys), least=1), "考核节点，按截止日期排列"
    )
    duties: list[DutyKeys] = key(Each(Below(DutyKeys)), "每周职责；都可以不要", [])
    escalation: list[EscalationKeys] = key(
        Each(Below(EscalationKeys)), "分级督办，按超期天数从少到多排列；每个问题每级只告知一次", []
    )
    sanctions: list[SanctionKeys] = key(
        Each(Below(SanctionKeys)), "通报里红黄牌、约谈的建议（duzhan letter 通报）；由人审定", []
    )
    vocabularies: VocabularyKeys = key(Below(VocabularyKeys), "可以填写的词")
    header_aliases: dict[str, list[str]] = key(
        FreeKeys(Each(LINE)), "表头的其他写法，在自带的之外另加", {}
    )
    wording: WordingKeys = key(
        Below(WordingKeys), "行动里各样东西的叫法，不写的照默认", WordingKeys.read({})
    )
    ledger_parquet: str | None = optional(
        LINE, "台账的 Parquet 目录（duzhan export 写出），相对于数据集；写了就不读 issues/"
    )

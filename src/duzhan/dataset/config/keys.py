"""The keys of milestones.yaml: one table for checking, editors and docs.

The descriptions are Chinese because users read them: editors show them while
somebody types (through schemas/*.json) and messages quote them when a key is
missing. Checks across keys are in `roster` and `rules`; a kind of requirement
brings its own keys (`duzhan.requirements`). The other files' keys are in `roster_keys`
and `standard_keys`.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from duzhan.model import Wording
from duzhan.requirements import KINDS
from duzhan.values import (
    Bool,
    Date,
    Days,
    FileKeys,
    Line,
    Name,
    Text,
    TimeZone,
    Whole,
)  # fmt: skip

if TYPE_CHECKING:
    from duzhan.requirements.protocol import RequirementKeys

_WORDING = Wording()


class NoticeKeys(FileKeys):
    """The document that the rules come from."""

    number: Line = Field(description="文号")
    title: Line = Field(description="标题")
    date: Date = Field(description="印发日期，如 2021-05-30")
    issuers: list[Line] = Field(min_length=1, description="印发机关")


class PeriodKeys(FileKeys):
    """From when to when the campaign runs 〔二〕."""

    start: Date = Field(description="行动第一天，如 2021-05-01")
    end: Date = Field(description="行动最后一天，如 2021-12-31")
    sentence: Text = Field(description="通知原文")
    clause: Line = Field(description="通知中的出处")


class ScoreRangeKeys(FileKeys):
    """The scale of the assessments; the notice does not give it."""

    min: Whole = Field(description="最低分，如 0")
    max: Whole = Field(description="满分，如 1000")
    interpreted: Bool = Field(default=False, description="通知未写明，是解释值（true 或 false）")
    note: Text | None = Field(None, description="这样理解的理由；解释值必填")


# Each kind's keys, told apart by `kind`.
if TYPE_CHECKING:
    AnyRequirement = RequirementKeys
else:
    _every = reduce(or_, (kind.keys for kind in KINDS.values()))
    AnyRequirement = Annotated[_every, Field(discriminator="kind")]


class MilestoneKeys(FileKeys):
    """What every county must have reached by the end of a day 〔三(三)〕."""

    id: Name = Field(description="节点编号，如 2021-06；scores.csv 的“考核节点”填它")
    name: Line = Field(description="节点名称，如 6月底前")
    deadline: Date = Field(description="截止日期（含当日），如 2021-06-30")
    sentence: Text = Field(description="通知原文整句")
    clause: Line = Field(description="通知中的出处，如 三(三)2")
    requirements: list[AnyRequirement] = Field(min_length=1, description="该节点的各项要求")


class DutyKeys(FileKeys):
    """What must be done each week 〔六(二)〕."""

    id: Literal["supervision", "report", "analysis"] = Field(
        description="supervision 督导，report 书面报告，analysis 小结分析（随报告报送）"
    )
    name: Line = Field(description="名称")
    sentence: Text = Field(description="通知原文")
    clause: Line = Field(description="通知中的出处")
    analysis: Bool = Field(
        default=True,
        description="书面报告是否要含小结分析（true 或 false）；写 false 的记录里没有这一列",
    )


class EscalationKeys(FileKeys):
    """Who is told of an issue from a certain day on; the notice leaves this open."""

    id: Name = Field(description="这一级的短代号，如 remind；不重复，用过的不要改")
    name: Line = Field(description="这一级的名称，如 到期提醒")
    from_days: Days = Field(description="从超期第几天起，如 8；负数为到期之前几天，如 -3")
    to: list[Literal["liaison", "group", "leaders", "offices"]] = Field(
        min_length=1,
        description="告知谁：liaison 联络员、group 组、leaders 组长、offices 办公室",
    )
    clause: Line = Field("", description="通知中的出处；通知没有的空着")
    interpreted: Bool = Field(default=False, description="通知未写明，是解释值（true 或 false）")
    note: Text | None = Field(None, description="这样安排的理由；解释值必填")


class SanctionKeys(FileKeys):
    """What a county is proposed for in a circular; all conditions given must hold."""

    id: Name = Field(description="短代号，如 red；不重复")
    name: Line = Field(description="名称，如 红牌警示、约谈政府主要领导")
    missed: Whole | None = Field(None, description="已过节点的要求有几项未达到")
    overdue: Whole | None = Field(None, description="超期问题有多少件")
    days_overdue: Whole | None = Field(None, description="最长的超期多少天")
    no_data: Bool = Field(default=False, description="没有报送问题清单（true 或 false）")
    instead_of: Name | None = Field(None, description="代替哪一项较轻的（写它的 id）")
    sentence: Text = Field("", description="通知原文；通知没有的空着")
    clause: Line = Field("", description="通知中的出处；通知没有的空着")
    interpreted: Bool = Field(default=False, description="通知未写明，是解释值（true 或 false）")
    note: Text | None = Field(None, description="这样建议的理由；解释值必填")


class TermKeys(FileKeys):
    """A word that cells may hold."""

    name: Line = Field(description="规范写法")
    clause: Line | None = Field(None, description="通知中的出处；通知没有的空着")
    note: Text | None = Field(None, description="说明")
    aliases: list[Line] = Field([], description="其他写法；一个写法只能属于一个词")


class AssessorKeys(TermKeys):
    """Who assesses 〔三(三)〕."""

    self_assessment: Bool = Field(default=False, description="是否自评；自评不作为达标依据")


class MethodKeys(TermKeys):
    """How a group supervises 〔五〕."""

    on_site: Bool = Field(default=False, description="是否实地")
    at_random: Bool = Field(
        default=False, description="是否不打招呼（随机）；可与其他方式并用，最多一个"
    )


class DueWordKeys(FileKeys):
    """A word that a deadline may be told by."""

    name: Line = Field(description="写法，如 立行立改")
    days: Whole | None = Field(None, description="发现之后几天；没有期限（如 长期坚持）的空着")
    interpreted: Bool = Field(default=False, description="是本数据集的解释值（true 或 false）")
    note: Text | None = Field(None, description="这样理解的理由；解释值必填")


class VocabularyKeys(FileKeys):
    """The words of the ledger and of the record files."""

    sources: list[TermKeys] = Field([], description="问题来源")
    assessors: list[AssessorKeys] = Field([], description="评估方；没有评分则不写")
    methods: list[MethodKeys] = Field([], description="督导方式；没有每周督导则不写")
    actions: list[TermKeys] = Field([], description="问题的类别；不分则不写")
    empty_words: list[Line] | None = Field(
        None, description="等于没有填写的词，如 无、/；不写则用自带的"
    )
    yes_words: list[Line] | None = Field(
        None, min_length=1, description="表示“是”的词；不写则用自带的"
    )
    due_words: list[DueWordKeys] | None = Field(
        None, description="整改期限里代替日期的词，如 立行立改、长期坚持"
    )
    done_words: list[Line] | None = Field(
        None, description="整改情况一格里表示已经整改完的词，如 已完成；只作申报，不作销号"
    )
    not_done_words: list[Line] | None = Field(
        None, description="整改情况一格里表示没有整改完的词，如 整改中"
    )
    strike_headings: list[Line] | None = Field(
        None, description="整改情况各种表头中只说是否销号的；其下的“否”不表示没有整改"
    )


class WordingKeys(FileKeys):
    """What the campaign calls its things."""

    unit: Line = Field(_WORDING.unit, description="督导的单位叫什么，如 区、企业")
    whole: Line | None = Field(None, description="全体叫什么，如 全市；不写则按所属地方的名称")
    group: Line = Field(_WORDING.group, description="组叫什么，如 督导组")
    supervise: Line = Field(
        _WORDING.supervise, description="组做什么，如 督导；不写的组名、标题跟着它变"
    )
    action: Line = Field(_WORDING.action, description="分类的一栏叫什么，如 隐患类别")
    rate: Line = Field(_WORDING.rate, description="整改的比例叫什么，如 整改率")
    rate_short: Line = Field(
        _WORDING.rate_short, description="表头里用的简称；不写而写了 rate 的，用 rate"
    )
    score: Line = Field(_WORDING.score, description="评分的全称")
    score_short: Line = Field(_WORDING.score_short, description="评分的简称")
    offices: Line = Field(_WORDING.offices, description="各办公室合起来的叫法，如 市安委办")
    report: Line = Field(_WORDING.report, description="周报的标题")
    summary: Line = Field(_WORDING.summary, description="一个单位的周小结的标题")
    brief: Line = Field(_WORDING.brief, description="一页纸要点的标题")
    visit: Line = Field(_WORDING.visit, description="随身核查单的标题")
    dashboard: Line = Field(_WORDING.dashboard, description="看板的标题")
    subject: Line = Field(_WORDING.subject, description="邮件主题开头【】里的字")


class MilestonesFile(FileKeys):
    """The whole of milestones.yaml."""

    name: Line = Field(description="行动名称")
    notice: NoticeKeys = Field(description="规则所依据的通知")
    period: PeriodKeys = Field(description="行动起止")
    time_zone: TimeZone = Field(description="时区的 IANA 名称，如 Asia/Shanghai")
    duties_from: Date | None = Field(
        None, description="每周职责从哪个周一算起，如 2021-05-31；没有每周职责则不写"
    )
    warn_days: Whole = Field(description="距截止多少天起，未达到的要求亮黄灯，如 10")
    closure_needs_verifier: Bool = Field(
        default=False, description="没有核验人的销号是否只算待核验（true 或 false）"
    )
    closure_needs_evidence: Bool = Field(
        default=False, description="没有佐证材料的销号是否只算待核验（true 或 false）"
    )
    score_range: ScoreRangeKeys | None = Field(None, description="评分的范围；没有评分则不写")
    milestones: list[MilestoneKeys] = Field(min_length=1, description="考核节点，按截止日期排列")
    duties: list[DutyKeys] = Field([], description="每周职责；都可以不要")
    escalation: list[EscalationKeys] = Field(
        [], description="分级督办，按超期天数从少到多排列；每个问题每级只告知一次"
    )
    sanctions: list[SanctionKeys] = Field(
        [], description="通报里红黄牌、约谈的建议（duzhan letter 通报）；由人审定"
    )
    vocabularies: VocabularyKeys = Field(description="可以填写的词")
    header_aliases: dict[str, list[Line]] = Field(
        {}, description="表头的其他写法，在自带的之外另加"
    )
    wording: WordingKeys = Field(
        default_factory=lambda: WordingKeys.model_validate({}),
        description="行动里各样东西的叫法，不写的照默认",
    )
    ledger_parquet: Line | None = Field(
        None,
        description="台账的 Parquet 目录（duzhan export 写出），相对于数据集；写了就不读 issues/",
    )

"""The campaign's vocabulary as frozen values: people and posts, rules, facts, problems.

Words follow Popolo (person, post, membership) for the roster and the notice
文办通〔2021〕81号 for the rest. Nothing here opens a file or asks the clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from fractions import Fraction

UNNAMED = "（通知未列姓名）"
# What the name of a place may end with, and so what it is called for short.
PLACES = "省市州盟区县旗"


def plain_number(value: Fraction) -> int | float:
    """Points as they are written: whole where they are."""
    return value.numerator if value.denominator == 1 else float(value)


# ---------------------------------------------------------------- roster 〔四〕〔六(二)〕


@dataclass(frozen=True, slots=True)
class County:
    """A county or city under supervision.

    Attributes:
        code: GB/T 2260 code, six digits; for a campaign without codes a number of our own
            that tells counties apart and is shown to nobody (`public_code`).
        name: full name, such as 富宁县.
        aliases: other names by which lists and people call it.
        zero_list_confirmed_by: who confirmed that the county has nothing to
            rectify (零报告); None while nobody did.
        coded: whether the code is one of GB/T 2260.
        header_aliases: column and the headings by which this county's lists mean it.
    """

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    zero_list_confirmed_by: str | None = None
    coded: bool = True
    header_aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def public_code(self) -> str | None:
        """The GB/T 2260 code, None where the campaign does without."""
        return self.code if self.coded else None

    @property
    def names(self) -> tuple[str, ...]:
        """The full name and the aliases."""
        return (self.name, *self.aliases)

    @property
    def short_name(self) -> str:
        """The name without 县 or 市, as ids are formed (富宁-0001)."""
        return self.name[:-1] if len(self.name) > 2 and self.name[-1] in "县市区" else self.name


@dataclass(frozen=True, slots=True)
class Membership:
    """A seat in a supervision group: told apart by post, never by the holder's name.

    Attributes:
        role: 组长 or 副组长.
        person: the holder's name, None where the notice names nobody.
        posts: the holder's posts as the notice lists them, first is the main one.
        leads_guidance: whether the holder is also 业务指导组组长 of the county.
    """

    role: str
    person: str | None
    posts: tuple[str, ...]
    leads_guidance: bool = False

    @property
    def display(self) -> str:
        """Post and name, such as 州市场监督管理局局长 王毅."""
        return f"{'、'.join(self.posts)} {self.person or UNNAMED}"


# Kinds of group-chat robots, by the name of their module under `deliver.channels`, and what
# people call them: the registry, one line a kind.
ROBOTS = {
    "wecom": "企业微信机器人",
    "dingtalk": "钉钉机器人",
    "feishu": "飞书机器人",
}


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of a group chat; its address and secret are named here, and stand elsewhere.

    Attributes:
        kind: one of `ROBOTS`.
        url_env, url_file: the environment variable, or the file, that holds its address.
        secret_env, secret_file: likewise its signing secret; both None without.
    """

    kind: str
    url_env: str | None = None
    url_file: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None

    @property
    def id(self) -> str:
        """What the record calls it, such as wecom:DUZHAN_ROBOT_EAST."""
        return f"{self.kind}:{self.url_env or self.url_file}"


@dataclass(frozen=True, slots=True)
class Group:
    """A supervision group (督战组) and the county it supervises."""

    id: str
    name: str
    county: County
    memberships: tuple[Membership, ...]
    members: str
    supervised: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    clause: str = ""
    leader_recipients: tuple[str, ...] = ()
    liaison_recipients: tuple[str, ...] = ()
    robots: tuple[Robot, ...] = ()

    @property
    def leaders(self) -> tuple[Membership, ...]:
        """Those who lead the group, in the notice's order."""
        return tuple(seat for seat in self.memberships if seat.role == "组长")


@dataclass(frozen=True, slots=True)
class Office:
    """An office of the prefecture that gets copies of every report 〔六(二)〕.

    Attributes:
        short_name: how the column of its copies calls it (抄送…).
    """

    name: str
    contact: str | None
    telephone: str | None
    email: str | None = None
    short_name: str = ""
    robots: tuple[Robot, ...] = ()

    @property
    def copy_column(self) -> str:
        """The column of county_reports.csv that says whether a report was copied to it."""
        return f"抄送{self.short_name or self.name}"


@dataclass(frozen=True, slots=True)
class Roster:
    """Groups in the notice's order, and the offices.

    Attributes:
        prefecture: what the counties belong to; without a name where there is no such place.
        regions: GB/T 2260 code of a prefecture or province to its name.
        faults: addresses in the file that are none; they are left out elsewhere.
        places: group id to the file and line where its recipients stand, or should.
        unit: what a county is called in messages (`Wording.unit`).
    """

    groups: tuple[Group, ...]
    offices: tuple[Office, ...]
    prefecture: County
    regions: dict[str, str] = field(default_factory=dict, hash=False)
    faults: tuple[Problem, ...] = ()
    places: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    unit: str = field(default_factory=lambda: Wording().unit, compare=False)

    @property
    def counties(self) -> tuple[County, ...]:
        """The counties in the roster's order, which is the order of every output."""
        return tuple(group.county for group in self.groups)

    def group_of(self, county: County) -> Group:
        """Give the group that supervises the county."""
        return next(group for group in self.groups if group.county.code == county.code)

    @property
    def offices_together(self) -> str:
        """What the offices are called where nobody says: 州级两办, or the only one's name."""
        if len(self.offices) < 2:
            return "".join(office.short_name or office.name for office in self.offices)
        kind = self.prefecture.name[-1:]
        level = f"{kind}级" if kind and kind in PLACES else ""
        return f"{level}{'两办' if len(self.offices) == 2 else '各办公室'}"


# ---------------------------------------------------------------- rules 〔二〕〔三〕〔五〕〔六〕

# What a requirement is judged by: the ledger, scores.csv or deliverables.csv.
Basis = Literal["issues", "scores", "deliverables"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of a milestone, with the sentence that it rests on.

    Attributes:
        kind: one of `duzhan.requirements.KINDS`.
        name: what users see, such as 问题清单整改达标率; for a deliverable the task.
        threshold: points for a score, a share (9/10) for a rate, None for a deliverable.
        required: the threshold as written: ``720`` or ``90%``.
        assessors: whose assessment counts for a score.
        sentence: the notice's sentence.
        clause: where it stands, such as 三(三)1.
        interpreted: the notice gives no number (or no list) here; this is the dataset's reading.
        note: why it is read so, if interpreted.
        basis: what it is judged by.
    """

    kind: str
    name: str
    sentence: str
    clause: str
    threshold: Fraction | None = None
    required: str | None = None
    assessors: tuple[str, ...] = ()
    interpreted: bool = False
    note: str | None = None
    basis: Basis = "issues"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A monthly milestone: what every county must have reached by the end of `deadline`."""

    id: str
    name: str
    deadline: dt.date
    requirements: tuple[Requirement, ...]
    sentence: str
    clause: str

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of its tasks, in its order."""
        return tuple(rule.name for rule in self.requirements if rule.basis == "deliverables")


@dataclass(frozen=True, slots=True)
class Duty:
    """A weekly duty 〔六(二)〕.

    Attributes:
        analysis: whether a report is complete only with a summary and analysis (含小结分析).
    """

    id: Literal["supervision", "report", "analysis"]
    name: str
    sentence: str
    clause: str
    analysis: bool = True


Audience = Literal["liaison", "group", "leaders", "offices"]


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told of an issue from a certain day on, once an issue.

    Attributes:
        from_days: days overdue from which the step holds; negative before the deadline.
        to: who is told: the county's liaisons, the group, its leaders, both offices.
        interpreted: the notice asks for no such step; it is the dataset's own arrangement.
    """

    id: str
    name: str
    from_days: int
    to: tuple[Audience, ...]
    clause: str = ""
    interpreted: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Sanction:
    """What a county is proposed for, such as a card or a talk; people decide and sign.

    All conditions that are given must hold.

    Attributes:
        missed: so many requirements of past milestones are missed.
        overdue: so many issues are overdue.
        days_overdue: an issue is overdue by so many days.
        no_data: there is no list.
        instead_of: the id of a milder one that is then left out.
        interpreted: the notice gives no such rule; it is the dataset's own proposal.
    """

    id: str
    name: str
    missed: int | None = None
    overdue: int | None = None
    days_overdue: int | None = None
    no_data: bool = False
    instead_of: str | None = None
    sentence: str = ""
    clause: str = ""
    interpreted: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a vocabulary, where it comes from, and other ways to write it."""

    name: str
    clause: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DueWord:
    """A word of 整改期限: so many days after 发现日期, or None for no deadline."""

    name: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The words that cells of the ledger and of the record files may hold."""

    sources: tuple[Term, ...]
    assessors: tuple[Term, ...]
    self_assessors: tuple[str, ...]
    methods: tuple[Term, ...]
    on_site_methods: tuple[str, ...]
    random_flag: str
    actions: tuple[Term, ...]
    empty_words: tuple[str, ...]
    yes_words: tuple[str, ...]
    due_words: tuple[DueWord, ...] = ()
    done_words: tuple[str, ...] = ()
    not_done_words: tuple[str, ...] = ()
    strike_headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the assessment standard.

    Attributes:
        full: its full mark.
        category: under which the standard lists it.
        source: where the standard says so.
        assessors: whose assessments have it; all if there are none.
        since, until: the first and the last day of assessments that have it.
    """

    id: str
    name: str
    full: Fraction
    category: str = ""
    source: str = ""
    assessors: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    def applies(self, assessor: str, day: dt.date) -> bool:
        """Whether an assessment has this item."""
        return (
            (not self.assessors or assessor in self.assessors)
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Standard:
    """The items of the assessment standard, in its order."""

    name: str
    items: tuple[Item, ...]
    interpreted: bool = False
    note: str | None = None

    def items_of(self, assessor: str, day: dt.date) -> tuple[Item, ...]:
        """The items that an assessment of that day has."""
        return tuple(item for item in self.items if item.applies(assessor, day))


@dataclass(frozen=True, slots=True)
class Notice:
    """The document that the rules are transcribed from."""

    number: str
    title: str
    date: dt.date
    issuers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What the campaign calls its things (SPEC section 2); a dataset says so where it differs.

    Attributes:
        unit: what is supervised: 县（市）, 区, 企业.
        whole: all of them together: 全州, 全市; None for 全 and the kind of the prefecture.
        group: who supervises; `supervise` is what they do.
        action: the column's theme: 专项行动.
        rate, score: the measures; `rate_short` and `score_short` where there is little room.
        offices: the offices together.
        report, summary, brief, visit, dashboard: titles of what is made.
        subject: the mark at the head of a mail's subject.
    """

    unit: str = "县（市）"
    whole: str | None = None
    group: str = "督战组"
    supervise: str = "督战"
    action: str = "专项行动"
    rate: str = "整改达标率"
    rate_short: str = "达标率"
    score: str = "创卫标准考核总体评分"
    score_short: str = "评分"
    offices: str = "州级两办"
    report: str = "督战周报"
    summary: str = "周小结"
    brief: str = "督战要点"
    visit: str = "督战核查单"
    dashboard: str = "督战看板"
    subject: str = "督战"

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Wording:
        """Fill up what a dataset says: of other words for the same things others follow.

        Whose groups 督导 has 督导组 and a 督导周报, unless it says otherwise.

        Args:
            said: field to word; fields left out follow, or are as in this campaign.
        """
        follow: dict[str, str] = {}
        if verb := said.get("supervise"):
            ends = {"group": "组", "report": "周报", "brief": "要点", "visit": "核查单"}
            ends |= {"dashboard": "看板", "subject": ""}
            follow = {name: f"{verb}{end}" for name, end in ends.items()}
        follow |= {f"{name}_short": said[name] for name in ("rate", "score") if name in said}
        return cls(**{**follow, **said})


@dataclass(frozen=True, slots=True)
class Rules:
    """The campaign and everything that it asks for.

    Attributes:
        duties_from: Monday of the first week with weekly duties.
        warn_days: how many days before a deadline an unmet requirement turns the light yellow.
        closure_needs_verifier: whether a 销号日期 without 核验人 is only a claim.
        closure_needs_evidence: whether one of an issue without any evidence is only a claim.
        header_aliases: canonical column name to the other headers that mean it.
        ledger_parquet: where the ledger rests as Parquet, relative to the dataset; None
            if the lists are in files.
        score_range: lowest and highest points; None for a campaign without scores.
        wording: what things are called.
        standard: the items of the assessment standard; None if nobody listed them.
    """

    name: str
    notice: Notice
    start: dt.date
    end: dt.date
    time_zone: str
    duties_from: dt.date
    warn_days: int
    closure_needs_verifier: bool
    milestones: tuple[Milestone, ...]
    duties: tuple[Duty, ...]
    vocabularies: Vocabularies
    header_aliases: dict[str, tuple[str, ...]] = field(hash=False)
    score_range: tuple[int, int] | None = (0, 1000)
    wording: Wording = Wording()
    closure_needs_evidence: bool = False
    ledger_parquet: str | None = None
    escalation: tuple[EscalationStep, ...] = ()
    standard: Standard | None = None
    sanctions: tuple[Sanction, ...] = ()

    def milestone(self, identifier: str) -> Milestone | None:
        """Find a milestone by its id."""
        return next((m for m in self.milestones if m.id == identifier), None)

    def duty(self, identifier: Literal["supervision", "report", "analysis"]) -> Duty | None:
        """A weekly duty, None where the campaign does not ask for it."""
        return next((duty for duty in self.duties if duty.id == identifier), None)

    @property
    def supervises(self) -> bool:
        """Whether groups supervise: each week, or at least in ways that the dataset names."""
        return self.duty("supervision") is not None or bool(self.vocabularies.methods)

    @property
    def reports(self) -> bool:
        """Whether counties owe a weekly report; an analysis is sent as one."""
        return self.duty("report") is not None or self.duty("analysis") is not None

    @property
    def wants_analysis(self) -> bool:
        """Whether a weekly report is complete only with a summary and analysis."""
        report = self.duty("report")
        return self.duty("analysis") is not None or (report is not None and report.analysis)

    @property
    def scored(self) -> bool:
        """Whether any milestone asks for assessments."""
        return any(rule.basis == "scores" for m in self.milestones for rule in m.requirements)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of all milestones' tasks; one may be asked for more than once."""
        return tuple(name for milestone in self.milestones for name in milestone.tasks)

    def current_milestone(self, day: dt.date) -> Milestone | None:
        """The first milestone whose deadline is not past; None after the last."""
        return next((m for m in self.milestones if m.deadline >= day), None)


# ---------------------------------------------------------------- facts of the record files


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What a county got for an item: `points` None if it cannot be read or cannot be."""

    item: Item
    points: Fraction | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """An assessment of a county, from scores.csv or item by item from score_items.csv.

    Attributes:
        points: the total; None if it could not be read.
        milestone: the one that it names; None if it names none.
        items: what was got for each item, in the standard's order; none if nobody said.
    """

    day: dt.date
    county: str
    assessor: str
    points: Fraction | None
    milestone: str | None
    items: tuple[ItemScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """A deliverable that a county completed, from deliverables.csv."""

    task: str
    county: str
    day: dt.date
    accepted_by: str


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision by a group, from supervision.csv."""

    day: dt.date
    county: str
    method: str
    on_site: bool
    at_random: bool
    leader: str
    findings: str
    demands: str


@dataclass(frozen=True, slots=True)
class CountyReport:
    """A county's written weekly report, from county_reports.csv.

    Attributes:
        week: the Monday of the week reported on.
        complete: sent to the group, with its analysis, and copied to both offices.
        lacking: which of these it is not, by the columns' names.
    """

    week: dt.date
    county: str
    day: dt.date
    complete: bool
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """An approved later deadline of an issue (延期), from extensions.csv.

    Attributes:
        id: 编号, without spaces around it.
        county: whose issue it is.
        approved_on: from this day on `until` is the deadline.
        until: 延至.
        approved_by: 批准人.
        reason: 理由.
        document: 文号.
        line: where it stands in the file.
    """

    id: str
    county: str
    approved_on: dt.date
    until: dt.date
    approved_by: str
    reason: str = ""
    document: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Recheck:
    """An on-site recheck of a closed issue (抽查复核), from rechecks.csv.

    Attributes:
        day: when it was looked at.
        county: whose issue it is.
        id: 编号, without spaces around it.
        true: whether the closure was found 属实; else it counts as sent back on `day`.
        by: 核查人.
        remark: 备注.
        line: where it stands in the file.
    """

    day: dt.date
    county: str
    id: str
    true: bool
    by: str
    remark: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photograph or paper about an issue (佐证材料), from evidence.csv. It closes nothing.

    Attributes:
        id: 编号, without spaces around it; "" for one that belongs to no known issue.
        county: whose issue it is.
        kind: 整改前, 整改后 or 其他.
        file: path in the dataset, with slashes, below ``evidence/``.
        digest: SHA-256 of the file in small hexadecimal letters.
        source: 来源: the file and place that it came from.
        received: 收到日期; on earlier days nobody had it.
        remark: 备注.
        line: where it stands in the file.
    """

    id: str
    county: str
    kind: str
    file: str
    digest: str
    source: str
    received: dt.date
    remark: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Records:
    """The usable rows of the four record files, in the files' order."""

    scores: tuple[Score, ...] = ()
    completions: tuple[Completion, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    reports: tuple[CountyReport, ...] = ()


# ---------------------------------------------------------------- judgement


class Verdict(StrEnum):
    """How a requirement stands; see SPEC section 4 (compliance as of a day)."""

    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    PENDING = "pending"
    NO_DATA = "no_data"


class Light(StrEnum):
    """A county's light, worst first."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class State(StrEnum):
    """Where an issue stands as of a day."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


# ---------------------------------------------------------------- problems


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, as a value: it is gathered, counted and shown, never lost.

    Attributes:
        severity: ``error``, or ``warning`` for what decides nothing.
        file: path relative to the dataset.
        line: line of a text file, row of a worksheet, both from 1; None for the whole file.
        column: canonical column name or key path.
        value: the cell as it came.
        code: machine-readable kind, such as ``bad-date``.
        message: one Chinese line: what is wrong and what would be right.
        sheet: worksheet, for workbooks.
        id: 编号 of the issue that it is about, None if it is about none or that has none.
    """

    severity: Literal["error", "warning"]
    file: str
    line: int | None
    column: str | None
    value: str | None
    code: str
    message: str
    sheet: str | None = None
    id: str | None = None

    @property
    def place(self) -> str:
        """File, sheet, line, 编号 and column in words."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.line is not None:
            parts.append(f"第{self.line}行")
        if self.id and self.column != "编号":
            parts.append(self.id)
        if self.column:
            parts.append(f"“{self.column}”")
        return " ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}：{self.message}"

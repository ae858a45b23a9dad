"""What the campaign asks for, and what it calls things 〔二〕〔三〕〔五〕〔六〕."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from fractions import Fraction


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

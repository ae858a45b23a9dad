"""milestones.yaml -> the rules 〔二〕〔三〕〔五〕〔六〕, checked as a whole."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import TYPE_CHECKING

from duzhan.dataset.config.builtin import builtin_words, with_builtin_aliases
from duzhan.dataset.config.keys import (
    DueWordKeys,
    EscalationKeys,
    MilestoneKeys,
    MilestonesFile,
    SanctionKeys,
    TermKeys,
    VocabularyKeys,
    WordingKeys,
)
from duzhan.dataset.config.sound import Told, sound_part
from duzhan.dataset.config.validation import validate
from duzhan.dataset.config.yamlfile import load
from duzhan.intake.text import header_key, squash
from duzhan.model import (
    DueWord,
    Duty,
    EscalationStep,
    Milestone,
    Notice,
    Problem,
    Rules,
    Sanction,
    Term,
    Vocabularies,
    Wording,
)
from duzhan.requirements import KINDS
from duzhan.requirements.protocol import RestOfFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

    from duzhan.dataset.config.document import Document, Path

COPIES = "抄送"
LEDGER_KEY = "ledger_parquet"
# Lists whose sound entries are judged even where another entry is at fault.
_JUDGED_SINGLY = ("milestones", "duties", "escalation")

# The columns of each table: within one, an alias belongs to one column. `dataset.columns`
# has them too, and loads what a table needs; a test holds the two together.
TABLES = (
    (
        "序号", "县(市)", "编号", "问题描述", "地点", "专项行动", "问题来源", "责任单位", "责任人",
        "发现日期", "整改期限", "整改完成日期", "销号日期", "退回日期", "核验人", "备注",
        "原编号", "配合单位", "整改措施", "整改情况", "撤销说明",
    ),
    ("日期", "县(市)", "评估方", "总分", "考核节点", "备注"),
    ("任务", "县(市)", "完成日期", "验收单位", "备注"),
    ("日期", "县(市)", "方式", "带队领导", "发现问题", "工作要求", "备注"),
    (
        "周次", "县(市)", "报送日期", "报送督战组", "含小结分析", "备注",
    ),
    (
        "编号", "县(市)", "申请日期", "原期限", "延至", "理由", "批准人", "批准日期", "文号",
        "备注",
    ),
    ("日期", "县(市)", "编号", "结果", "核查人", "备注"),
    ("日期", "县(市)", "评估方", "考核节点", "分项", "得分", "扣分原因", "备注"),
    ("编号", "县(市)", "类别", "文件", "SHA-256", "来源", "收到日期", "备注"),
    (
        "序号", "日期", "县(市)", "评估方", "考核节点", "分项编号", "分项", "分值", "得分", "扣分",
        "扣分原因", "责任单位", "备注",
    ),
    # The counties' own column that links issues to items.
    ("考核分项",),
)  # fmt: skip


def load_rules(path: FilePath, shown_as: str) -> tuple[Rules | None, list[Problem]]:
    """Read the rules; None if anything is wrong with them.

    Args:
        path: milestones.yaml.
        shown_as: its name in messages.
    """
    document = load(path, shown_as)
    file = validate(document, MilestonesFile)
    if file is not None:
        _check(Told(document), file)
        _check_ledger(document, path.parent, file)
    elif document.data is not None:
        part, told = sound_part(document, MilestonesFile, _JUDGED_SINGLY)
        _check(told, part)
    if document.data is not None:
        _check_aliases(document)
    if file is None or document.problems:
        return None, document.problems
    rules = Rules(
        name=file.name,
        notice=Notice(
            file.notice.number, file.notice.title, file.notice.date, tuple(file.notice.issuers)
        ),
        start=file.period.start,
        end=file.period.end,
        time_zone=file.time_zone,
        duties_from=file.duties_from or _first_monday(file.period.start),
        warn_days=file.warn_days,
        closure_needs_verifier=file.closure_needs_verifier,
        closure_needs_evidence=file.closure_needs_evidence,
        milestones=tuple(_milestone(milestone) for milestone in file.milestones),
        duties=tuple(Duty(d.id, d.name, d.sentence, d.clause, d.analysis) for d in file.duties),
        vocabularies=_vocabularies(file.vocabularies),
        header_aliases=with_builtin_aliases(file.header_aliases, TABLES),
        score_range=_score_range(file),
        wording=Wording.of(_said(file.wording)),
        ledger_parquet=file.ledger_parquet,
        escalation=tuple(_step(step) for step in file.escalation),
        sanctions=tuple(Sanction(**one.every()) for one in file.sanctions),
    )
    return rules, []


def stand_in(path: FilePath, shown_as: str) -> Rules:
    """Rules to find tables by where those of the dataset are at fault: the built-in words.

    Of the dataset's own only the headings that can be read are used.

    Args:
        path: milestones.yaml.
        shown_as: its name in messages.
    """
    document = load(path, shown_as)
    own: dict[str, list[str]] = {}
    for name in {name for table in TABLES for name in table}:
        if found := [alias for _, alias in document.texts("header_aliases", name, None)]:
            own[name] = found
    return Rules(
        name="",
        notice=Notice("", "", dt.date.min, ()),
        start=dt.date(2000, 1, 1),
        end=dt.date(2099, 12, 31),
        time_zone="Asia/Shanghai",
        duties_from=dt.date(2000, 1, 3),
        warn_days=0,
        closure_needs_verifier=False,
        milestones=(),
        duties=(),
        vocabularies=_vocabularies(VocabularyKeys.read({})),
        header_aliases=with_builtin_aliases(own, TABLES),
    )


# ---------------------------------------------------------------- checks across keys


def _check(told: Told, file: MilestonesFile) -> None:
    """What keys say of each other; of a faulty file, those that are sound."""
    if told.sound("period") and file.period.start > file.period.end:
        told.report(("period", "end"), "bad-value", "行动最后一天早于第一天")
    if told.sound("duties_from"):
        _check_first_week(told, file)
    _check_settings(told, file)
    _check_escalation(told, file.escalation)
    _check_sanctions(told, file.sanctions)
    if told.sound("milestones"):
        _check_milestones(told, file)


def _check_first_week(told: Told, file: MilestonesFile) -> None:
    first = file.duties_from
    if first is None:
        if file.duties:
            message = "有每周职责时应写明从哪个周一算起，如 2021-05-31"
            told.report(("duties_from",), "missing-key", message)
        return
    if first.weekday() != 0:
        message = f"“{first}”不是星期一，每周职责应从星期一算起"
        told.report(("duties_from",), "bad-value", message)
    if not told.sound("period") or file.period.start > file.period.end:
        return
    if not _first_monday(file.period.start) <= first <= file.period.end:
        period = f"{file.period.start} 至 {file.period.end}"
        message = f"“{first}”这一周不在行动期（{period}）内"
        told.report(("duties_from",), "bad-value", message)


def _check_milestones(told: Told, file: MilestonesFile) -> None:
    knows_scale = told.sound("score_range", "vocabularies")
    beside = _beside(file) if knows_scale else None
    for number, milestone in enumerate(file.milestones):
        _check_order(told, file, number)
        names = [rule.name for rule in milestone.requirements]
        for place, rule in enumerate(milestone.requirements):
            at = ("milestones", number, "requirements", place)
            if rule.name in names[:place]:
                message = f"“{rule.name}”在这个节点写了两次，请删去一处"
                told.report((*at, "name"), "duplicate-value", message)
            if rule.interpreted and not rule.note:
                told.report(at, "missing-key", "解释值应写明理由（note）")
            if beside is None:
                continue
            if rule.basis == "scores" and file.score_range is None:
                message = "有评分的要求时应写明评分的范围，如 {min: 0, max: 1000}"
                told.report(("score_range",), "missing-key", message)
            for fault in rule.faults(beside):
                told.report((*at, *fault.path), fault.code, fault.message)


def _beside(file: MilestonesFile) -> RestOfFile:
    """What requirements may rest on; a self-assessment never counts."""
    others = (one.name for one in file.vocabularies.assessors if not one.self_assessment)
    return RestOfFile(_score_range(file), frozenset(others))


def _score_range(file: MilestonesFile) -> tuple[int, int] | None:
    return (file.score_range.min, file.score_range.max) if file.score_range else None


def _check_settings(told: Told, file: MilestonesFile) -> None:
    scale = file.score_range
    if scale is not None and scale.min >= scale.max:
        told.report(("score_range", "max"), "bad-value", f"满分应高于最低分 {scale.min}")
    if scale is not None and scale.interpreted and not scale.note:
        told.report(("score_range",), "missing-key", "解释值应写明理由（note）")
    duties = [duty.id for duty in file.duties]
    for number, duty in enumerate(duties):
        if duty in duties[number + 1 :]:
            message = f"每周职责 {duty} 写了两次，请删去一处"
            told.report(("duties", number, "id"), "duplicate-value", message)
    if not told.sound("vocabularies"):
        return
    if "supervision" in duties and not file.vocabularies.methods:
        message = "有每周督导（supervision）时应列出方式，如 {name: 实地督导, on_site: true}"
        told.report(("vocabularies", "methods"), "missing-key", message)
    at_random = [n for n, method in enumerate(file.vocabularies.methods) if method.at_random]
    for number in at_random[1:]:
        path = ("vocabularies", "methods", number, "at_random")
        told.report(path, "duplicate-value", "at_random 的方式只能有一个")


def _check_escalation(told: Told, steps: Sequence[EscalationKeys]) -> None:
    """Steps follow each other by days, so that an issue stands at one of them."""
    for number, step in enumerate(steps):
        path = ("escalation", number)
        if any(other.id == step.id for other in steps[:number]):
            message = f"“{step.id}”这一级写了两次，代号应各不相同"
            told.report((*path, "id"), "duplicate-value", message)
        if number and step.from_days <= (before := steps[number - 1].from_days):
            message = f"“{step.from_days}”不大于前一级的 {before}，应按天数从少到多排列"
            told.report((*path, "from_days"), "bad-value", message)
        if step.interpreted and not step.note:
            told.report(path, "missing-key", "解释值应写明理由（note）")


def _check_sanctions(told: Told, sanctions: Sequence[SanctionKeys]) -> None:
    """Each says when it holds, and where that is written, or why it is proposed."""
    known: set[str] = set()
    for number, sanction in enumerate(sanctions):
        path = ("sanctions", number)
        conditions = (sanction.missed, sanction.overdue, sanction.days_overdue)
        if not any(conditions) and not sanction.no_data:
            message = "应写明什么情况下建议：missed、overdue、days_overdue、no_data 至少写一个"
            told.report(path, "missing-key", message)
        if sanction.id in known:
            message = f"“{sanction.id}”写了两次，代号应各不相同"
            told.report((*path, "id"), "duplicate-value", message)
        if sanction.instead_of is not None and sanction.instead_of not in known:
            message = f"前面没有“{sanction.instead_of}”这一项，较轻的应写在前面"
            told.report((*path, "instead_of"), "bad-value", message)
        if sanction.interpreted and not sanction.note:
            told.report(path, "missing-key", "解释值应写明理由（note）")
        if not sanction.interpreted and not sanction.clause:
            message = "应写明通知中的出处（clause）；通知没有规定的写 interpreted: true 和 note"
            told.report(path, "missing-key", message)
        known.add(sanction.id)


def _check_ledger(document: Document, folder: FilePath, file: MilestonesFile) -> None:
    """A ledger that is named and not there must not pass for counties without lists."""
    if file.ledger_parquet is not None and not (folder / file.ledger_parquet).is_dir():
        message = f"没有“{file.ledger_parquet}”这个目录，应为 duzhan export --parquet 写出的目录"
        document.report((LEDGER_KEY,), "bad-file", message)


def _check_order(told: Told, file: MilestonesFile, number: int) -> None:
    milestone = file.milestones[number]
    before = file.milestones[:number]
    path = ("milestones", number)
    if any(other.id == milestone.id for other in before):
        message = f"节点编号“{milestone.id}”重复，每个节点应各不相同"
        told.report((*path, "id"), "duplicate-value", message)
    if before and milestone.deadline <= before[-1].deadline:
        message = f"“{milestone.deadline}”不晚于前一节点的 {before[-1].deadline}，应按先后排列"
        told.report((*path, "deadline"), "bad-value", message)
    if told.sound("period") and not file.period.start <= milestone.deadline <= file.period.end:
        period = f"{file.period.start} 至 {file.period.end}"
        message = f"“{milestone.deadline}”不在行动期（{period}）内"
        told.report((*path, "deadline"), "bad-value", message)


def _check_aliases(document: Document) -> None:
    """A header means one column of a table, a word one term of a vocabulary."""
    columns = document.get(("header_aliases",))
    known = {name for table in TABLES for name in table}
    for name in columns if isinstance(columns, dict) else {}:
        # A column for the copies of each office; offices are known to the roster alone.
        if name not in known and not str(name).startswith(COPIES):
            near = difflib.get_close_matches(name, sorted(known), 1, cutoff=0.5)
            advice = f"是不是“{near[0]}”？" if near else f"应为：{'、'.join(sorted(known))}"
            message = f"没有“{name}”这一列，{advice}"
            document.report(("header_aliases", name), "unknown-key", message, at_key=True)
    reported: set[Path] = set()
    for table in TABLES:
        owners = {header_key(name): name for name in table}
        for name in table:
            for path, alias in document.texts("header_aliases", name, None):
                owner = owners.setdefault(header_key(alias), name)
                if owner != name and path not in reported:
                    reported.add(path)
                    message = f"表头“{alias}”已经表示“{owner}”，一个写法只能属于一列"
                    document.report(path, "duplicate-value", message)
    for number, word in enumerate(document.get(("vocabularies", "due_words")) or ()):
        if isinstance(word, dict) and word.get("interpreted") == "true" and not word.get("note"):
            path = ("vocabularies", "due_words", number)
            document.report(path, "missing-key", "解释值应写明理由（note）")
    for vocabulary in ("sources", "assessors", "methods", "actions"):
        _check_words(document, vocabulary)


def _check_words(document: Document, vocabulary: str) -> None:
    taken: dict[str, Path] = {}
    for pattern in (("name",), ("aliases", None)):
        for path, word in document.texts("vocabularies", vocabulary, None, *pattern):
            other = taken.setdefault(squash(word), path[:3])
            if other != path[:3]:
                owner_name = document.get((*other, "name"))
                message = f"“{word}”已经表示“{owner_name}”，一个写法只能属于一个词"
                document.report(path, "duplicate-value", message)


# ---------------------------------------------------------------- to frozen values


def _said(words: WordingKeys) -> dict[str, str]:
    """What the dataset says itself, without defaults."""
    said = ((name, getattr(words, name)) for name in words.declared if name in words.given)
    return {name: word for name, word in said if word is not None}


def _first_monday(start: dt.date) -> dt.date:
    """Without weekly duties weeks are still counted: from the one that the campaign begins in."""
    return start - dt.timedelta(days=start.weekday())


def _milestone(milestone: MilestoneKeys) -> Milestone:
    kinds = list(KINDS)
    rules = sorted(milestone.requirements, key=lambda rule: kinds.index(rule.kind))
    return Milestone(
        id=milestone.id,
        name=milestone.name,
        deadline=milestone.deadline,
        requirements=tuple(rule.requirement() for rule in rules),
        sentence=milestone.sentence,
        clause=milestone.clause,
    )


def _step(step: EscalationKeys) -> EscalationStep:
    return EscalationStep(
        id=step.id,
        name=step.name,
        from_days=step.from_days,
        to=tuple(step.to),
        clause=step.clause,
        interpreted=step.interpreted,
        note=step.note,
    )


def _vocabularies(words: VocabularyKeys) -> Vocabularies:
    at_random = [method.name for method in words.methods if method.at_random]
    return Vocabularies(
        sources=_terms(words.sources),
        assessors=_terms(words.assessors),
        self_assessors=tuple(a.name for a in words.assessors if a.self_assessment),
        methods=_terms(words.methods),
        on_site_methods=tuple(method.name for method in words.methods if method.on_site),
        random_flag=at_random[0] if at_random else "",
        actions=_terms(words.actions),
        empty_words=_given(words.empty_words, "empty_words"),
        yes_words=_given(words.yes_words, "yes_words"),
        due_words=_due_words(words.due_words),
        done_words=_given(words.done_words, "done_words"),
        not_done_words=_given(words.not_done_words, "not_done_words"),
        strike_headings=_given(words.strike_headings, "strike_headings"),
    )


def _given(words: Sequence[str] | None, key: str) -> tuple[str, ...]:
    """The words that a dataset gives, else the built-in ones."""
    return tuple(builtin_words()[key] if words is None else words)


def _due_words(words: Sequence[DueWordKeys] | None) -> tuple[DueWord, ...]:
    if words is None:
        return tuple(DueWord(word["name"], word["days"]) for word in builtin_words()["due_words"])
    return tuple(DueWord(word.name, word.days) for word in words)


def _terms(words: Sequence[TermKeys]) -> tuple[Term, ...]:
    return tuple(Term(word.name, word.clause, tuple(word.aliases)) for word in words)

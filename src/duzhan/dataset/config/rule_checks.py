"""What the keys of milestones.yaml say of each other, checked; each slip told at its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from duzhan.dataset.config.builtin import COPIES, LEDGER_KEY, TABLES
from duzhan.dataset.config.keys import EscalationKeys, MilestonesFile
from duzhan.dataset.config.sound import Told
from duzhan.intake.text import header_key, squash
from duzhan.requirements.protocol import RestOfFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

    from duzhan.dataset.config.document import Document, Path
    from duzhan.dataset.config.keys import EscalationKeys, MilestonesFile, SanctionKeys
    from duzhan.dataset.config.sound import Told


def check_across(told: Told, file: MilestonesFile) -> None:
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
    if not first_monday(file.period.start) <= first <= file.period.end:
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
    return RestOfFile(score_range(file), frozenset(others))


def score_range(file: MilestonesFile) -> tuple[int, int] | None:
    """From which points to which an assessment may reach; None without scores."""
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


def check_ledger(document: Document, folder: FilePath, file: MilestonesFile) -> None:
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


def check_aliases(document: Document) -> None:
    """A header means one column of a table, a word one term of a vocabulary."""
    columns = document.get(("header_aliases",))
    known = {name for table in TABLES for name in table}
    for name in columns if isinstance(columns, dict) else {}:
        # A column for the copies of each office; offices are known to the roster alone.
        if name not in known and not str(name).startswith(COPIES):
            import difflib  # noqa: PLC0415 - only for a slip of the fingers

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


def first_monday(start: dt.date) -> dt.date:
    """Without weekly duties weeks are still counted: from the one that the campaign begins in."""
    return start - dt.timedelta(days=start.weekday())

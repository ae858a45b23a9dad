"""milestones.yaml -> the rules 〔二〕〔三〕〔五〕〔六〕, checked as a whole."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from duzhan.dataset.config.builtin import TABLES, builtin_words, with_builtin_aliases
from duzhan.dataset.config.keys import (
    DueWordKeys,
    EscalationKeys,
    MilestoneKeys,
    MilestonesFile,
    TermKeys,
    VocabularyKeys,
    WordingKeys,
)
from duzhan.dataset.config.rule_checks import (
    check_across,
    check_aliases,
    check_ledger,
    first_monday,
    score_range,
)
from duzhan.dataset.config.sound import Told, sound_part
from duzhan.dataset.config.validation import validate
from duzhan.dataset.config.yamlfile import load
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

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

# Lists whose sound entries are judged even where another entry is at fault.
_JUDGED_SINGLY = ("milestones", "duties", "escalation")


def load_rules(path: FilePath, shown_as: str) -> tuple[Rules | None, list[Problem]]:
    """Read the rules; None if anything is wrong with them.

    Args:
        path: milestones.yaml.
        shown_as: its name in messages.
    """
    document = load(path, shown_as)
    file = validate(document, MilestonesFile)
    if file is not None:
        check_across(Told(document), file)
        check_ledger(document, path.parent, file)
    elif document.data is not None:
        part, told = sound_part(document, MilestonesFile, _JUDGED_SINGLY)
        check_across(told, part)
    if document.data is not None:
        check_aliases(document)
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
        duties_from=file.duties_from or first_monday(file.period.start),
        warn_days=file.warn_days,
        closure_needs_verifier=file.closure_needs_verifier,
        closure_needs_evidence=file.closure_needs_evidence,
        milestones=tuple(_milestone(milestone) for milestone in file.milestones),
        duties=tuple(Duty(d.id, d.name, d.sentence, d.clause, d.analysis) for d in file.duties),
        vocabularies=_vocabularies(file.vocabularies),
        header_aliases=with_builtin_aliases(file.header_aliases),
        score_range=score_range(file),
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
        header_aliases=with_builtin_aliases(own),
    )


# ---------------------------------------------------------------- to frozen values


def _said(words: WordingKeys) -> dict[str, str]:
    """What the dataset says itself, without defaults."""
    said = ((name, getattr(words, name)) for name in words.declared if name in words.given)
    return {name: word for name, word in said if word is not None}


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

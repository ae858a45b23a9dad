"""A kind of requirement that no campaign has, and commands run with it; a program of its own.

    python toy_requirement.py CALLS

The kind asks for so many closed issues. It is put into the registry before the commands
load, as a line of the source would be. CALLS is JSON, a list of argument lists; the answer
is JSON, what each said: code, out, err.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from duzhan import requirements
from duzhan.model import Verdict
from duzhan.requirements.protocol import KindNames, RequirementKeys
from duzhan.requirements.results import Lack, RequirementResult
from duzhan.shapes import OneOf, key
from duzhan.values import WHOLE

if TYPE_CHECKING:
    from duzhan.model import Requirement, Wording
    from duzhan.requirements.protocol import OnFile, Stage

NAME = "closed"


class ToyKeys(RequirementKeys):
    """So many issues must be closed."""

    kind: Literal["closed"] = key(OneOf("closed"), "要求的种类：closed 销号件数")
    at_least: int = key(WHOLE, "至少多少件")

    def requirement(self) -> Requirement:
        """With the number asked for."""
        number = Fraction(self.at_least)
        return replace(super().requirement(), threshold=number, required=str(number))


class ToyKind:
    """See `duzhan.requirements.protocol.Kind`."""

    keys = ToyKeys
    unit = "件"
    owed_by_county = True

    def named(self, wording: Wording) -> KindNames:  # noqa: ARG002 - the same everywhere
        """One name for all places."""
        return KindNames("销号件数", "销号件数", "销号件数")

    def judge(self, requirement: Requirement, term: Stage, evidence: OnFile) -> RequirementResult:
        """Met or not by the deadline."""
        if evidence.counts is None:
            return RequirementResult(requirement, Verdict.NO_DATA)
        closed = Fraction(evidence.counts[term.until].closed)
        met = closed >= (requirement.threshold or 0)
        wanting = Verdict.MISSED if term.over else Verdict.PENDING
        return RequirementResult(requirement, Verdict.MET if met else wanting, closed)

    def lack(self, judged: RequirementResult, term: Stage, evidence: OnFile) -> Lack | None:  # noqa: ARG002
        """The closures up to it."""
        if judged.verdict is Verdict.MET or not isinstance(judged.actual, Fraction):
            return None
        return Lack(f"销号少 {(judged.requirement.threshold or 0) - judged.actual} 件")

    def stands(self, judged: RequirementResult) -> str:  # noqa: ARG002
        """The number tells."""
        return ""

    def document(self, judged: RequirementResult) -> dict[str, Any]:
        """The number that counted."""
        actual = judged.actual
        return {"closed": int(actual) if isinstance(actual, Fraction) else None}


def said(arguments: list[str]) -> dict[str, Any]:
    """Run one command in this process."""
    from duzhan.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code
    out.seek(0)
    err.seek(0)
    return {"code": code, "out": out.read(), "err": err.read()}


if __name__ == "__main__":
    requirements.KINDS[NAME] = ToyKind()
    sys.stdout.write(json.dumps([said(call) for call in json.loads(sys.argv[1])]))

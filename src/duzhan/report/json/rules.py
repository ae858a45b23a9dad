"""Rules and roster as JSON, in Popolo's words where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.model import Group, Office, Requirement, Rules
    from duzhan.report.json import Json


def milestones(rules: Rules) -> Json:
    """`milestones --json`."""
    return {
        "campaign": rules.name,
        "source": rules.notice.number,
        "period": [rules.start.isoformat(), rules.end.isoformat()],
        "milestones": [
            {
                "id": milestone.id,
                "name": milestone.name,
                "deadline": milestone.deadline.isoformat(),
                "clause": milestone.clause,
                "sentence": milestone.sentence,
                "requirements": [_requirement(rule) for rule in milestone.requirements],
            }
            for milestone in rules.milestones
        ],
        "duties": [
            {"id": duty.id, "name": duty.name, "clause": duty.clause, "sentence": duty.sentence}
            for duty in rules.duties
        ],
        "escalation": [
            {
                "id": step.id,
                "name": step.name,
                "from_days": step.from_days,
                "to": list(step.to),
                "interpreted": step.interpreted,
                "note": step.note,
            }
            for step in rules.escalation
        ],
    }


def _requirement(rule: Requirement) -> Json:
    return {
        "kind": rule.kind,
        "name": rule.name,
        "required": rule.required,
        "assessors": list(rule.assessors),
        "clause": rule.clause,
        "sentence": rule.sentence,
        "interpreted": rule.interpreted,
        "note": rule.note,
    }


def groups(chosen: Sequence[Group], offices: Sequence[Office]) -> Json:
    """`groups --json`."""
    return {
        "groups": [_group(group) for group in chosen],
        "offices": [
            {
                "name": office.name,
                "contact": office.contact,
                "telephone": office.telephone,
                "email": office.email,
            }
            for office in offices
        ],
    }


def _group(group: Group) -> Json:
    return {
        "id": group.id,
        "name": group.name,
        "clause": group.clause,
        "county": {
            "code": group.county.public_code,
            "name": group.county.name,
            "aliases": list(group.county.aliases),
        },
        "memberships": [
            {
                "role": seat.role,
                "person": seat.person,
                "posts": list(seat.posts),
                "leads_guidance": seat.leads_guidance,
            }
            for seat in group.memberships
        ],
        "members": group.members,
        "supervised": list(group.supervised),
        "recipients": list(group.recipients),
        "leader_recipients": list(group.leader_recipients),
        "liaison_recipients": list(group.liaison_recipients),
    }

"""The sample with twice as many counties: each has a neighbour with the same troubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = ("scores.csv", "deliverables.csv", "supervision.csv", "county_reports.csv")


def neighbour(text: str, name: str, other: str) -> str:
    """The same text about the neighbour, whose group and numbers are its own."""
    return text.replace(name, other).replace(f"{name[:-1]}-", f"{other[:-1]}-")


def double(root: Path) -> None:
    """Give every county of a dataset a neighbour.

    Args:
        root: a copy of the sample; its roster is written anew.
    """
    roster = yaml.safe_load((root / "groups.yaml").read_text("utf-8"))
    groups = yaml.safe_load((root / "groups.yaml").read_text("utf-8"))["groups"]
    for group in groups:
        name = group["county"]["name"]
        other = f"{name[:-1]}东{name[-1]}"
        text = (root / "issues" / f"{name}.csv").read_text("utf-8")
        (root / "issues" / f"{other}.csv").write_text(neighbour(text, name, other), "utf-8")
        for record in RECORDS:
            lines = (root / record).read_text("utf-8").splitlines(keepends=True)
            ours = [
                line.replace(f",{name},", f",{other},") for line in lines if f",{name}," in line
            ]
            (root / record).write_text("".join(lines + ours), "utf-8")
        county = group["county"]
        county.update(name=other, code=str(int(county["code"]) + 40), aliases=[])
        group.update(id=f"{group['id']}-east", name=f"{other}督战组")
    roster["groups"] += groups
    (root / "groups.yaml").write_text(yaml.safe_dump(roster, allow_unicode=True), "utf-8")

"""The house is as it is drawn: rooms, floors, names."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

from conftest import REPOSITORY

SOURCE = REPOSITORY / "src" / "duzhan"
CONTRACTS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]["contracts"]


def floors(container: str) -> list[str]:
    """The rooms of a container from the top down, as the contract has them."""
    (layers,) = (c["layers"] for c in CONTRACTS if c.get("containers") == [container])
    return [room.strip() for floor in layers for room in floor.split("|")]


def test_the_drawing_shows_the_rooms_and_floors_of_the_contract() -> None:
    page = (REPOSITORY / "docs" / "architecture.md").read_text("utf-8")
    (drawing,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    rooms = [line.split()[0] for line in drawing.splitlines() if not line.startswith(" ")]
    inner = [line.split()[0] for line in drawing.splitlines() if line.startswith(" ")]

    assert rooms == floors("duzhan")
    assert inner == floors("duzhan.report")


def test_every_room_of_the_drawing_is_there() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    modules = {path.stem for path in SOURCE.glob("[!_]*.py")}
    assert rooms | modules == set(floors("duzhan"))


def test_no_two_public_classes_have_one_name() -> None:
    found = Counter(
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"(?m)^class ([^\W_]\w*)", path.read_text("utf-8"))
    )
    assert len(found) > 300
    assert [name for name, number in found.items() if number > 1] == []

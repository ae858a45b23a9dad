"""Write the built-in words, and schemas/*.json from the keys in `duzhan.dataset.config`.

Editors read them through the first line of groups.yaml and milestones.yaml, and
show the Chinese descriptions while somebody types.

    python tools/make_schemas.py           write both
    python tools/make_schemas.py --check   exit 1 if a file is not up to date
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from duzhan.dataset.config.builtin import COPIES, VOCABULARIES, WORDS
from duzhan.dataset.config.keys import MilestonesFile
from duzhan.dataset.config.models import model_of
from duzhan.dataset.config.roster_keys import GroupsFile
from duzhan.dataset.config.standard_keys import StandardFile

if TYPE_CHECKING:
    from duzhan.shapes import FileKeys

FOLDER = Path(__file__).resolve().parent.parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Below these, keys are names that people chose.
NAMES = ("properties", "$defs")
FILES: dict[str, tuple[type[FileKeys], str]] = {
    "groups.schema.json": (GroupsFile, "督战组名册 groups.yaml"),
    "milestones.schema.json": (MilestonesFile, "行动规则 milestones.yaml"),
    "standard.schema.json": (StandardFile, "评分标准 standard.yaml"),
}


def render(keys: type[FileKeys], title: str) -> str:
    """Give the schema of one file as JSON text.

    Args:
        keys: those of the whole file.
        title: what editors call it.
    """
    made = model_of(keys).model_json_schema()
    for mapping in (made, *made["$defs"].values()):
        # Pydantic's English: class names and docstrings. Users read the keys' descriptions.
        mapping.pop("description", None)
        mapping.pop("title", None)
    whole: dict[str, object] = {"$schema": DIALECT, "title": title}
    for key, value in made.items():
        whole[key] = _plain(value, names=key in NAMES)
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _plain(node: object, *, names: bool = False) -> object:
    """Drop titles made of key names, and what only OpenAPI knows.

    Args:
        node: a part of a schema.
        names: its keys are names of properties or definitions, and stay.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _plain(value, names=key in NAMES and not names)
        for key, value in node.items()
        if names or key not in {"title", "discriminator"}
    }


def words() -> str:
    """What any campaign's lists use, out of this one's rules, as JSON text."""
    rules = yaml.safe_load((FOLDER.parent / "data" / "milestones.yaml").read_text("utf-8"))
    aliases = {k: v for k, v in rules["header_aliases"].items() if not k.startswith(COPIES)}
    lists = {key: rules["vocabularies"][key] for key in VOCABULARIES}
    lists["due_words"] = [{"name": w["name"], "days": w.get("days")} for w in lists["due_words"]]
    return json.dumps({"header_aliases": aliases, **lists}, ensure_ascii=False, indent=0) + "\n"


def main() -> int:
    """Write the schemas, or with ``--check`` compare them."""
    stale = []
    made = {FOLDER / name: render(keys, title) for name, (keys, title) in FILES.items()}
    for path, text in {**made, WORDS: words()}.items():
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(path.name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8", newline="\n")
    if stale and "--check" in sys.argv:
        print(f"不是最新：{'、'.join(stale)}；请运行 python tools/make_schemas.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

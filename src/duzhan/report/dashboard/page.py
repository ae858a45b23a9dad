"""The page itself: the template's shell with styles, data and scripts put inside.

A Content-Security-Policy lets the browser run these scripts and styles, by
their hashes, and nothing else; nothing may be loaded from or sent to anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from duzhan.compliance.ranking import ranked
from duzhan.errors import DuzhanError
from duzhan.report.dashboard.document import DashboardFacts, document
from duzhan.report.dashboard.encode import script_json
from duzhan.report.templates import environment
from duzhan.store.outputs import replacing
from duzhan.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEMPLATE = "督战看板.html.j2"

# In the order in which they run.
_OWN = (
    *("dom", "data", "route", "charts", "search", "csv", "issues"),
    *("overview", "county", "main"),
)
_MARKS = ("styles", "data", "scripts")
# A map of the minified file, which browsers would go and look for.
_SOURCE_MAP = re.compile(r"(?://|/\*)# sourceMappingURL=\S+(?: ?\*/)?")


def write(path: Path, facts: DashboardFacts) -> None:
    """Write the page, whole or not at all.

    Args:
        path: the HTML file to make or to replace.
        facts: what it shows.

    Raises:
        DuzhanError: it cannot be written, or its template is at fault.
    """
    text = render(facts)
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")


def render(facts: DashboardFacts) -> str:
    """Make the page: the same data for the same day give the same text.

    Raises:
        DuzhanError: the template is at fault.
    """
    styles = [*_vendored("css"), _static("dashboard.css")]
    scripts = [*_vendored("js"), _program()]
    shell = environment.render(TEMPLATE, _context(facts, styles, scripts), facts.dataset.root)
    data = script_json(document(facts))
    parts = {
        "styles": "\n".join(f"<style>{style}</style>" for style in styles),
        "data": f'<script type="application/json" id="data">{data}</script>',
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    missing = [name for name in _MARKS if shell.count(f"<!--duzhan:{name}-->") != 1]
    if missing:
        marks = "、".join(f"<!--duzhan:{name}-->" for name in missing)
        raise DuzhanError(f"模板 {TEMPLATE} 里应当恰好有一处 {marks}")
    return re.sub(r"<!--duzhan:(\w+)-->", lambda found: parts[found[1]], shell)


def libraries() -> list[dict[str, Any]]:
    """The libraries inside the page: package, version, licence, files and their hashes."""
    record: list[dict[str, Any]] = json.loads(_vendor("vendor.json"))
    return record


def _context(
    facts: DashboardFacts, styles: Sequence[str], scripts: Sequence[str]
) -> dict[str, Any]:
    overview = facts.overviews[facts.as_of]
    return {
        "policy": _policy(styles, scripts),
        "overview": overview,
        "ranked": ranked(overview.counties),
        "rules": facts.dataset.rules,
        "interpreted": any(
            rule.interpreted
            for milestone in facts.dataset.rules.milestones
            for rule in milestone.requirements
        ),
        "sample": facts.dataset.sample,
        "version": VERSION,
        "libraries": libraries(),
    }


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {' '.join(map(_hash, styles))}",
            "img-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _program() -> str:
    """The page's own scripts as one, with names that nothing outside sees."""
    parts = "\n".join(_static(f"{name}.js") for name in _OWN)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _vendored(kind: str) -> list[str]:
    files = (file["name"] for library in libraries() for file in library["files"])
    return [_SOURCE_MAP.sub("", _vendor(name)) for name in files if name.endswith(f".{kind}")]


def _vendor(name: str) -> str:
    return _text("duzhan.report", "vendor", name)


def _static(name: str) -> str:
    return _text("duzhan.report.dashboard", "static", name)


def _text(package: str, folder: str, name: str) -> str:
    # Browsers hash a script with the line ends that they read: \n.
    return (resources.files(package) / folder / name).read_text("utf-8").replace("\r\n", "\n")

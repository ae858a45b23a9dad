"""Run docs/python.ipynb and keep what its cells show.

Usage: python tools/run_notebook.py
"""

from __future__ import annotations

import ast
import contextlib
import json
from pathlib import Path
from typing import Any

import vl_convert

NOTEBOOK = Path(__file__).parent.parent / "docs" / "python.ipynb"


def run(document: dict[str, Any]) -> None:
    """Run the code cells one after the other in the notebook's folder, and keep what each shows.

    Args:
        document: the notebook; its cells get their outputs.
    """
    names: dict[str, object] = {}
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    with contextlib.chdir(NOTEBOOK.parent):
        for number, cell in enumerate(code, 1):
            shown = _last_value("".join(cell["source"]), names)
            cell["execution_count"] = number
            cell["outputs"] = [] if shown is None else [_output(shown, number)]


def _last_value(source: str, names: dict[str, object]) -> object:
    """Run a cell; give what its last line stands for, as a notebook shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - the notebook's own code
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def _output(shown: Any, number: int) -> dict[str, Any]:  # noqa: ANN401 - whatever a cell gives
    data: dict[str, str] = {"text/plain": type(shown).__name__}
    if hasattr(shown, "to_vega_spec") or hasattr(shown, "mark_bar"):
        data["image/svg+xml"] = vl_convert.vegalite_to_svg(shown.to_dict())
    elif hasattr(shown, "_repr_html_"):
        data["text/html"] = shown._repr_html_()
    elif hasattr(shown, "_repr_markdown_"):
        data["text/markdown"] = shown._repr_markdown_()
    else:
        data["text/plain"] = repr(shown)
    return {
        "output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data,
    }  # fmt: skip


if __name__ == "__main__":
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    run(notebook)
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")

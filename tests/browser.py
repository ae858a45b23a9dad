"""A real Chromium that opens pages from files, and writes down what it should not have to."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import sync_playwright

from conftest import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Opened(NamedTuple):
    """A page in the browser.

    Attributes:
        page: Playwright's page.
        requests: addresses that it asked for, other than its own file and what it holds itself.
        complaints: errors and warnings of its scripts and its security policy.
    """

    page: Page
    requests: list[str]
    complaints: list[str]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window."""
    require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_FLAGS)
        )
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, anchor: str = "", **context: Any) -> Iterator[Opened]:  # noqa: ANN401
    """Open a file in a context of its own.

    Args:
        browser: from `chromium`.
        file: an HTML file.
        anchor: what follows the file in the address, such as ``#富宁县``.
        context: Playwright's options, such as viewport and color_scheme.
    """
    made = browser.new_context(**{"viewport": {"width": 1366, "height": 900}, **context})
    page = made.new_page()
    requests: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((file.as_uri(), "data:", "blob:", "about:blank")):
            requests.append(request.url)

    made.on("request", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None,
    )
    page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
    page.goto(file.as_uri() + anchor)
    yield Opened(page, requests, complaints)
    made.close()

"""A real Chromium that opens pages from files, and writes down what it should not have to."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from playwright.sync_api import sync_playwright

from conftest import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, Request

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
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


# A window costs as much as what is shown in it: files are opened in the same one, one by one.
_windows: WeakKeyDictionary[Browser, dict[bool, Page]] = WeakKeyDictionary()


def _window(browser: Browser, *, scripts: bool) -> Page:
    windows = _windows.setdefault(browser, {})
    if scripts not in windows:
        windows[scripts] = browser.new_context(java_script_enabled=scripts).new_page()
    return windows[scripts]


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    anchor: str = "",
    size: tuple[int, int] = (1366, 900),
    *,
    dark: bool = False,
    scripts: bool = True,
) -> Iterator[Opened]:
    """Open a file.

    Args:
        browser: from `chromium`.
        file: an HTML file.
        anchor: what follows the file in the address, such as ``#富宁县``.
        size: width and height of the window.
        dark: the reader prefers dark pages.
        scripts: they may run.
    """
    page = _window(browser, scripts=scripts)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if dark else "light")
    requests: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((file.as_uri(), "data:", "blob:", "about:blank")):
            requests.append(request.url)

    def complain(error: Error) -> None:
        complaints.append(str(error))

    def hear(told: ConsoleMessage) -> None:
        if told.type in ("error", "warning"):
            complaints.append(told.text)

    def dismiss(dialog: Dialog) -> None:
        complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("request", note)
    page.on("pageerror", complain)
    page.on("console", hear)
    page.on("dialog", dismiss)
    page.goto(file.as_uri() + anchor)
    try:
        yield Opened(page, requests, complaints)
    finally:
        # What the page still says while it goes is no longer looked at.
        page.remove_listener("request", note)
        page.remove_listener("pageerror", complain)
        page.remove_listener("console", hear)
        page.remove_listener("dialog", dismiss)
        page.goto("about:blank")

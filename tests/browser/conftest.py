"""A real server, and the system's Chromium in front of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from scripts import chromium
from tests.e2e.conftest import EMULATOR, Server, running

# Room for a walk in a minute; the limits have tests of their own.
RATE_LIMITS = "auth=1000,user=1000,recommendations=1000,media=1000"
# What Chromium says of every answer that is an error.
REFUSED = "Failed to load resource: the server responded with a status of 4"

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def executable() -> str:
    """The path of the browser."""
    path = chromium.find()
    if path is None:
        if "REQUIRE_BROWSER" in os.environ:
            pytest.fail("REQUIRE_BROWSER is set, and there is no Chromium; `make browser` installs it")
        pytest.skip("there is no Chromium; `make browser` installs it")
    return path


@pytest.fixture(scope="module")
def server(executable: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A copy of the service with its demo."""
    if not EMULATOR.exists():
        pytest.skip("the embedded AWS is not installed; `make test` installs it")
    state_dir: Path = tmp_path_factory.mktemp("state")
    with running(state_dir, RATE_LIMITS=RATE_LIMITS) as started:
        yield started


@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Browser]:
    """Chromium, which as root runs without its sandbox only."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console held against the pages of the test."""
    return []


@pytest.fixture
def new_page(server: Server, browser: Browser, complaints: list[str]) -> Iterator[Callable[[], Page]]:
    """Opens the window of another person: cookies and all else are its own. Nothing may be wrong with its pages."""
    contexts = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def open_page() -> Page:
        context = browser.new_context(base_url=server.address)
        contexts.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    pages = [page for context in contexts for page in context.pages]
    for page in pages:
        # A page that still loads needs what its test put in the way of requests; without it, it would be refused.
        page.wait_for_load_state()
        page.remove_listener("console", hear)
    for page in pages:
        # The icon comes after all else, and may still be on its way.
        page.unroute_all(behavior="ignoreErrors")
    for context in contexts:
        context.close()
    assert [complaint for complaint in complaints if not complaint.startswith(REFUSED)] == []

"""A client of the application without a network, and one of a real browser, as the tests use them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from anyio.from_thread import start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.from_thread import BlockingPortal
    from playwright.sync_api import Page
    from starlette.applications import Starlette

    from everyframe.store.case import Case

PORT = 8420
ORIGIN = f"http://127.0.0.1:{PORT}"
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
TOKEN = "t" * 43


class Client:
    """Calls the application in one event loop, and keeps cookies as a browser would."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self._entered = start_blocking_portal()
        self._portal: BlockingPortal = self._entered.__enter__()

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            return await self._client.request(method, path, **options)

        answer: httpx.Response = self._portal.call(call)
        return answer

    def close(self) -> None:
        self._portal.call(self._client.aclose)
        self._entered.__exit__(None, None, None)


@dataclass
class Served:
    """A client of the application, with the links that were shown at the terminal."""

    client: Client
    links: list[str] = field(default_factory=list)

    def open(self, token: str = TOKEN) -> httpx.Response:
        return self.post("/session", {"token": token})

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.request("GET", path, headers={"Sec-Fetch-Site": "same-origin"} | headers)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.client.request("POST", path, json=body, headers=OWN | headers)


@dataclass
class Live:
    """A case that is served for real, and what the browser met on its pages."""

    case: Case
    page: Page
    origin: str
    links: list[str]
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def go(self, path: str = "/review") -> None:
        self.page.goto(self.origin + path)
        if path.startswith("/review"):
            self.settle()

    def settle(self) -> None:
        self.page.wait_for_function("() => globalThis.everyframe?.grid.settled")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def js(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def stored(self) -> None:
        """Wait until nothing is on its way to the server."""
        self.page.wait_for_function("() => everyframe.outbox.unsent === 0")

    def focus(self) -> int:
        return int(self.js("() => everyframe.grid.focusIndex"))

    def until(self, check: Callable[[], bool], seconds: float = 8) -> None:
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, "it did not come about"
            self.page.wait_for_timeout(50)

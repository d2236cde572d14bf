"""Browser windows of several people at one case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.web.web_client import Live

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser
    from starlette.applications import Starlette

    from everyframe.store.case import Case


@dataclass
class TeamLive:
    """A case that is served to people."""

    case: Case
    app: Starlette
    browser: Browser
    origin: str
    listen: Callable[[Live], None]
    windows: list[Live] = field(default_factory=list)

    def window(self, name: str = "", **options: Any) -> Live:
        """Open a window, for somebody who is signed in or for nobody."""
        viewport = {"width": 1280, "height": 720}
        context = self.browser.new_context(**{"viewport": viewport, "color_scheme": "dark"} | options)
        if name:
            token = self.app.state.door.enter(name, "open", "Chromium")
            context.add_cookies([{"name": self.app.state.site.cookie, "value": token, "url": self.origin}])
        made = Live(self.case, context.new_page(), self.origin, [])
        self.listen(made)
        self.windows.append(made)
        return made

    def review(self, name: str) -> Live:
        """Open the review for somebody, and wait until it follows what others do."""
        made = self.window(name)
        made.go("/review")
        made.page.wait_for_function("() => everyframe.together.live.open")
        return made

    def close(self) -> None:
        for window in self.windows:
            window.page.context.close()

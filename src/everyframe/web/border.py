"""The border that every request crosses: where it comes from, who sends it, and what the answer tells the browser.

Browsers say with ``Sec-Fetch-Site`` where a request comes from. Everything but opening a page by hand must come from our
own origin; another port of this machine is not our origin. The ``Host`` must be ours, so that no foreign name that was
pointed at this machine is answered.
"""

import logging
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everyframe.people.roles import Right
from everyframe.web import languages
from everyframe.web.access import Access, Gate, permitted
from everyframe.web.caller import CALLER, Caller
from everyframe.web.door import Door
from everyframe.web.site import Site, cookie_name

__all__ = ["POLICY", "Border", "address", "cookie_name", "plain_path"]

LOG = logging.getLogger("everyframe.web")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "private, no-store",
}
#: Asked for by the clock: does not put the lock off.
NOT_A_PERSON = (
    "/api/progress",
    "/api/account",
    "/api/pace",
    "/api/live",
    "/api/exposure",
    "/api/preferences",
    "/api/me/sessions",
    "/api/runs",
)
YEAR = 365 * 24 * 60 * 60
SAFE = ("GET", "HEAD")


class Border:
    """Guard an application.

    Args:
        app: what stands behind the border.
        site: the addresses that are ours.
        door: who is let in.
        access: what each route asks for.
    """

    def __init__(self, app: ASGIApp, *, site: Site, door: Door, access: Access) -> None:
        self._app = app
        self._site = site
        self._origins = site.origins
        self._door = door
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        languages.choose(Headers(scope=scope))
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _set_headers(message, scope["path"], secure=self._site.secure)
            await send(message)

        caller = self._caller(scope)
        mark = CALLER.set(caller)
        try:
            answer = self._refusal(scope, caller)
            await (answer or self._app)(scope, receive, guarded)
        except Exception:
            LOG.exception("request %s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await _plain(scope, "failed", 500)(scope, receive, guarded)
        finally:
            CALLER.reset(mark)

    def _caller(self, scope: Scope) -> Caller | None:
        token = _cookie(Headers(scope=scope), self._site.cookie)
        return self._door.caller(token, active=scope["path"] not in NOT_A_PERSON) if token else None

    def _refusal(self, scope: Scope, caller: Caller | None) -> Response | None:
        headers, need = Headers(scope=scope), self._access.need(scope["method"], scope["path"])
        if headers.get("host", "") not in self._site.hosts:
            return _warned(scope, "wrong_host", 400)
        if not self._own(headers, scope):
            return _warned(scope, "cross_site", 403)
        if permitted(need, caller) or (caller and caller.alone and not isinstance(need, Right)):
            return None
        if caller is None or (caller.stage != "open" and need != Gate.SIGNING_IN):
            return _plain(scope, "locked", 401) if _is_call(scope) else RedirectResponse(self._door.entry, 303)
        if need is None and not _is_call(scope):
            return _plain(scope, "unknown_page", 404)
        LOG.warning("%s may not %s %s", caller.name, scope["method"], scope["path"])
        return _plain(scope, "not_permitted", 403)

    def _own(self, headers: Headers, scope: Scope) -> bool:
        """Tell whether our own page sends this request, or a person opens a page by hand."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if origin is not None and origin not in self._origins:
            return False
        if scope["method"] not in SAFE:
            return site == "same-origin" and origin is not None
        if scope["path"].startswith("/api/"):
            return site == "same-origin"
        return site in ("same-origin", "none")


def _set_headers(message: Message, path: str, *, secure: bool) -> None:
    headers = MutableHeaders(scope=message)
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    for name, value in HEADERS.items():
        headers[name] = value
    if path.startswith("/static/"):
        headers["Cache-Control"] = "private, no-cache"


def _is_call(scope: Scope) -> bool:
    return scope["method"] not in SAFE or scope["path"].startswith("/api/")


def _warned(scope: Scope, word: str, status: int) -> Response:
    """Refuse what no page of ours sends, and say so at the terminal."""
    LOG.warning("%s: %s %s from %s", word, scope["method"], plain_path(scope["path"]), address(scope))
    return _plain(scope, word, status)


def plain_path(path: str) -> str:
    """Give a path as it may stand in a log: printable ASCII, at most 200 characters, nothing behind a question mark."""
    return "".join(c if " " < c <= "~" else "?" for c in path)[:200]


def address(scope: Scope) -> str:
    """Name where a request comes from."""
    return str((scope.get("client") or ("unknown",))[0])


def _plain(scope: Scope, word: str, status: int) -> Response:
    if _is_call(scope):
        return JSONResponse({"error": word, "message": languages.translated("page", word)}, status)
    return PlainTextResponse(languages.translated("page", word), status)


def _cookie(headers: Headers, name: str) -> str:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""

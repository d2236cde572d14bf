"""People with accounts, as the tests use them: each with a cookie of their own at one application."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from tests.web.web_client import OWN, Client

from everyframe.people import totp
from everyframe.people.accounts import Accounts
from everyframe.store import people as rows

if TYPE_CHECKING:
    import httpx
    from starlette.applications import Starlette

    from everyframe.store.case import Case

PASSWORD = "lantern orbit cactus ferry"
ROLES = {"rita": "reviewer", "ben": "reviewer", "sue": "supervisor", "ada": "administrator", "rob": "read-only"}
SECRET = base64.b32encode(b"12345678901234567890").decode()


def add_people(case: Case) -> None:
    """Add everybody of ``ROLES``, each with a password and a second factor."""
    accounts = Accounts(case)
    for name, role in ROLES.items():
        start = accounts.add(name, role, display=name.title(), actor="tester")
        accounts.change_password(name, start, PASSWORD)
    with case.database.write() as connection:
        for name in ROLES:
            rows.change(connection, name, {"secret": SECRET}, "tester", {"changed": "second factor"})


def code_now(secret: str = SECRET) -> str:
    return totp.code(base64.b32decode(secret), int(time.time()) // 30)


@dataclass
class Member:
    """Somebody with a cookie, or without."""

    client: Client
    origin: str = OWN["Origin"]
    jar: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.client.cookies.clear()
        headers = {"Sec-Fetch-Site": "same-origin"} | ({} if method == "GET" else {"Origin": self.origin})
        headers |= {"Cookie": "; ".join(f"{k}={v}" for k, v in self.jar.items())} | options.pop("headers", {})
        answer = self.client.request(method, path, headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.jar[name] = morsel.value
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.request("POST", path, json=body, headers=headers)

    def put(self, path: str, body: Any) -> httpx.Response:
        return self.request("PUT", path, json=body)

    @property
    def token(self) -> str:
        return next(iter(self.jar.values()))

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        answer = self.post("/session/password", {"name": name, "password": password})
        return self.post("/session/factor", {"code": code or code_now()}) if answer.status_code == 200 else answer


@dataclass
class Team:
    """An application with accounts, and the people of it."""

    app: Starlette
    client: Client

    def stranger(self) -> Member:
        return Member(self.client)

    def member(self, name: str) -> Member:
        """Give somebody who is signed in, without going through the steps."""
        found = Member(self.client)
        found.jar[self.app.state.site.cookie] = self.app.state.door.enter(name, "open", "tests")
        return found

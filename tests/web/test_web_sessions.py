from __future__ import annotations

from tests.web.web_client import TOKEN, Served

from everyframe.web.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS, Sessions, new_token


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_tokens_have_256_bits_and_never_repeat() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(t) == 43 for t in tokens)


def test_a_link_works_once_and_the_next_is_shown() -> None:
    links: list[str] = []
    sessions = Sessions("first", links.append)
    assert sessions.enter("wrong") is None
    assert links == []
    ident = sessions.enter("first")
    assert ident is not None
    assert sessions.enter("first") is None
    assert len(links) == 1
    assert sessions.alive(ident, active=False)
    assert sessions.enter(links[0]) is not None


def test_nothing_secret_is_kept_as_it_is() -> None:
    sessions = Sessions("first", lambda _: None)
    ident = sessions.enter("first")
    kept = repr(vars(sessions))
    assert ident is not None
    assert ident not in kept
    assert "first" not in kept


def test_the_session_locks_when_nobody_is_there() -> None:
    clock = Clock()
    sessions = Sessions("first", lambda _: None, clock)
    ident = sessions.enter("first") or ""
    clock.now += IDLE_SECONDS - 1
    assert sessions.alive(ident, active=False)
    clock.now += 1
    assert not sessions.alive(ident, active=True)
    assert not sessions.alive(ident, active=True)


def test_activity_puts_the_lock_off_but_not_for_ever() -> None:
    clock = Clock()
    sessions = Sessions("first", lambda _: None, clock)
    ident = sessions.enter("first") or ""
    end = clock.now + ABSOLUTE_SECONDS
    while clock.now + IDLE_SECONDS / 2 < end:
        clock.now += IDLE_SECONDS / 2
        assert sessions.alive(ident, active=True)
    clock.now = end
    assert not sessions.alive(ident, active=True)


def test_the_limits_are_as_documented() -> None:
    assert (IDLE_SECONDS, ABSOLUTE_SECONDS) == (900, 43_200)


def test_polling_is_not_activity(served: Served) -> None:
    clock = Clock()
    sessions = served.client.app.state.sessions
    sessions._clock = clock
    served.open(served.links[-1])
    clock.now += IDLE_SECONDS - 1
    assert served.get("/api/progress").status_code == 200
    assert served.get("/api/account").status_code == 200
    clock.now += 1
    assert served.get("/api/progress").status_code == 401


def test_looking_is_activity(served: Served) -> None:
    clock = Clock()
    sessions = served.client.app.state.sessions
    sessions._clock = clock
    served.open(served.links[-1])
    for _ in range(5):
        clock.now += IDLE_SECONDS - 1
        assert served.get("/api/counts").status_code == 200


def test_locking_ends_the_session_at_the_server(served: Served) -> None:
    cookie = dict(served.client.cookies)
    assert served.post("/session/end", {}).json() == {"next": "/locked"}
    served.client.cookies.update(cookie)
    assert served.get("/api/counts").status_code == 401


def test_a_used_link_opens_nothing(stranger: Served) -> None:
    assert stranger.open().status_code == 200
    assert stranger.open().status_code == 403
    assert stranger.open("").status_code == 403
    assert stranger.open(stranger.links[-1]).status_code == 200
    assert TOKEN not in stranger.links

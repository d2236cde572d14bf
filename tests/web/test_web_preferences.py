from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web.web_client import OWN, Served

from everyframe.web.preferences import DEFAULTS

if TYPE_CHECKING:
    import httpx


def put(served: Served, preferences: Any) -> httpx.Response:
    return served.client.request("PUT", "/api/preferences", json={"preferences": preferences}, headers=OWN)


def test_pictures_are_covered_until_a_person_says_otherwise_and_there_is_no_setting_for_what_nothing_does(
    served: Served,
) -> None:
    said = served.get("/api/preferences").json()
    assert said["preferences"] == said["defaults"] == DEFAULTS
    assert (DEFAULTS["blur"], DEFAULTS["grey"]) == (True, True)
    assert not {"mute", "autoplay"} & set(DEFAULTS)


def test_what_is_set_is_kept_and_the_rest_stays(served: Served) -> None:
    assert put(served, {"grey": False, "screens.grid.size": 160}).status_code == 200
    put(served, {"keys": {"undo": ["U", "Ctrl+Z"]}})
    kept = served.get("/api/preferences").json()["preferences"]
    assert kept == DEFAULTS | {"grey": False, "screens.grid.size": 160, "keys": {"undo": ["U", "Ctrl+Z"]}}


def test_null_brings_the_default_back(served: Served) -> None:
    put(served, {"grey": False})
    assert put(served, {"grey": None}).json()["preferences"]["grey"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], "x", {"Blur": True}, {"": 1}, {"a" * 65: 1}, {"blur": 1}, {"blur": "yes"}, {"idle-minutes": 16},
        {"idle-minutes": 0}, {"idle-minutes": True}, {"break-minutes": -1}, {"keys": []}, {"keys": {"undo": "U"}},
        {"keys": {"undo": [""]}}, {"large": "x" * (16 << 10)},
    ],
)  # fmt: skip
def test_what_is_no_preference_is_refused_and_nothing_is_changed(served: Served, wrong: Any) -> None:
    answer = put(served, wrong)
    assert answer.status_code == 400, wrong
    assert served.get("/api/preferences").json()["preferences"] == DEFAULTS


def test_nobody_fills_the_case_with_preferences(served: Served) -> None:
    assert put(served, {f"a{n}": n for n in range(200)}).status_code == 200
    assert put(served, {"one-more": 1}).status_code == 400
    assert "one-more" not in served.get("/api/preferences").json()["preferences"]

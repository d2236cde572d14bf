from __future__ import annotations

import pytest

from everyframe.errors import UsageError
from everyframe.review.rule import LookRule
from everyframe.store.looking import Native, SeenLook

PHOTO = Native(4000, 3000, several=False)
ICON = Native(48, 32, several=False)
FILM = Native(1920, 1080, several=True)


def look(
    side: int = 150,
    ms: int = 600,
    on_screen: int = 1,
    *,
    blurred: bool = False,
    manner: str = "grid",
) -> SeenLook:
    return SeenLook(1, side, side // 2, ms, on_screen, blurred, manner)


@pytest.mark.parametrize(
    ("seen", "native", "reason"),
    [
        (look(), PHOTO, ""),
        (look(ms=599), PHOTO, "short"),
        (look(ms=600, on_screen=12), PHOTO, ""),
        (look(ms=649, on_screen=13), PHOTO, "short"),
        (look(ms=650, on_screen=13), PHOTO, ""),
        (look(ms=4399, on_screen=88), PHOTO, "short"),
        (look(ms=4400, on_screen=88), PHOTO, ""),
        (look(side=128), PHOTO, ""),
        (look(side=127), PHOTO, "small"),
        (look(side=48), ICON, ""),
        (look(side=47), ICON, "small"),
        (look(side=127), Native(0, 0, several=False), "small"),
        (look(blurred=True), PHOTO, "blurred"),
        (look(), None, "unknown"),
        (look(), FILM, "frames"),
        (look(manner="viewer"), FILM, ""),
        (look(manner="viewer", ms=599, on_screen=10), FILM, "short"),
        (look(manner="viewer", blurred=True), FILM, "blurred"),
    ],
)
def test_the_rule_in_literal_cases(seen: SeenLook, native: Native | None, reason: str) -> None:
    assert LookRule().refusal(seen, native) == reason


def test_the_numbers_are_as_the_docs_state_them() -> None:
    assert LookRule() == LookRule(min_ms=600, per_picture_ms=50, min_side=128)


def test_a_case_may_set_its_own_numbers() -> None:
    rule = LookRule.from_settings({"look.min-ms": "1000", "look.min-side": "200", "other": "x"})
    assert rule == LookRule(min_ms=1000, per_picture_ms=50, min_side=200)


@pytest.mark.parametrize("text", ["0", "-5", "1.5", "", "many", "٣"])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"look\.min-ms"):
        LookRule.from_settings({"look.min-ms": text})

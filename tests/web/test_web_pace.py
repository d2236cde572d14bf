from __future__ import annotations

import io
import struct
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from everyframe.review.decisions import decide
from everyframe.triage.assurance import draw_sample

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.web_client import Live, Served

    from everyframe.store.case import Case

ID = struct.Struct("<I")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path / "home"))


def ids(answer: Any) -> list[int]:
    size = ID.unpack_from(answer.content)[0]
    count = int(answer.content[4 : 4 + size].decode().partition('"count": ')[2].partition(",")[0])
    return [int(i) for i in np.frombuffer(answer.content, "<i4", count, 4 + size)]


def test_the_page_shows_figures_and_drawings(served: Served) -> None:
    page = served.get("/pace")
    assert page.status_code == 200
    assert "looks left" in page.text
    assert page.text.count("<svg xmlns") == 5
    assert "style=" not in page.text
    assert "No sample was drawn yet" in page.text


def test_each_drawing_can_be_had_as_a_file(served: Served) -> None:
    for name in ("yield", "found", "states", "pace", "assurance"):
        drawn = served.get(f"/pace/{name}.svg")
        assert drawn.headers["content-type"].startswith("image/svg+xml")
        assert drawn.headers["content-disposition"] == f'attachment; filename="{name}.svg"'
        assert drawn.text.startswith("<svg")
        painted = served.get(f"/pace/{name}.png")
        assert Image.open(io.BytesIO(painted.content)).format == "PNG"
    assert served.get("/pace/other.svg").status_code == 404
    assert served.get("/pace/yield.gif").status_code == 404


def test_the_orders_next_and_ranked_hold_everything(case: Case, served: Served) -> None:
    listed = ids(served.get("/api/order?show=all"))
    for order in ("next", "ranked"):
        assert sorted(ids(served.get(f"/api/order?show=all&order={order}"))) == sorted(listed)
    reasons = served.get("/api/reasons?ids=1,2,3").json()["reasons"]
    assert list(reasons) == ["1", "2", "3"]
    assert all(isinstance(r, str) and r for r in reasons.values())


def test_a_decision_makes_the_order_anew(case: Case, served: Served) -> None:
    served.get("/api/order?show=all&order=next")
    live = served.client.app.state.desk.order
    decide(case, case.scheme.categories[1].code, [5, 6, 7], op="x" * 16, actor="anna")
    for _ in range(200):
        if served.get("/api/reasons?ids=8").json()["reasons"]["8"].find("3 relevant") >= 0:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the order did not learn of the decision")
    assert live.took


def test_wrong_weights_are_said_and_not_swallowed(served: Served, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "order.toml").write_text("exploration = 7")
    answer = served.get("/api/order?show=all&order=next")
    assert answer.status_code == 400
    assert "exploration must be a number from 0 to 0.5" in answer.json()["message"]
    (tmp_path / "home" / "order.toml").write_text("exploration = 0.1")
    assert served.get("/api/order?show=all&order=next").status_code == 200, "put right, it is read again"


def test_a_sample_is_shown_as_it_was_drawn(case: Case, served: Served) -> None:
    assert ids(served.get("/api/order?show=sample&order=drawn")) == []
    draw_sample(case, 60, actor="anna")
    assert len(ids(served.get("/api/order?show=sample&order=drawn"))) == 60
    assert "0 of 60 looked at" in served.get("/pace").text
    assert served.get("/api/pace").json()["samples"][0]["drawn"] == 60


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_the_page_stands_in_a_browser_without_complaint(live: Live) -> None:
    draw_sample(live.case, 60, actor="anna")
    live.go("/pace")
    live.page.wait_for_selector(".drawings svg")
    assert live.page.locator(".drawings svg").count() == 5
    live.go("/review?show=remaining&order=next")
    live.press("Enter")
    live.page.wait_for_function("() => document.querySelector('.reason p')?.textContent.length > 3")
    live.go("/review?show=sample&order=drawn")
    live.press("Enter")
    live.page.wait_for_selector(".panel section")
    assert live.page.locator(".reason").count() == 0, "a sample is looked at without reasons"
    assert live.problems == []

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert

from everyframe.store import schema
from everyframe.store.pace import Spell, spells
from everyframe.store.sampling import Sample, Stratum
from everyframe.triage.assurance import assess
from everyframe.triage.bounds import hypergeometric_upper
from everyframe.triage.drawings import DRAWINGS, HEIGHT, WIDTH, png, svg
from everyframe.triage.pace import Pace, Worker, lately, pace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from everyframe.store.case import Case
    from everyframe.triage.drawings import Drawing

NOBODY = pace_of([], np.zeros(0, bool), 40, ())


def some_pace() -> Pace:
    """Anna: 600 looks in ten batches a minute apart; bert: 120 in two batches two pauses apart."""
    anna = [Spell("anna", 60.0 * n, 60, 60.0) for n in range(10)]
    bert = [Spell("bert", 10.0, 60, 30.0), Spell("bert", 5000.0, 60, 30.0)]
    found = np.zeros(720, bool)
    found[:30] = True
    found[300:310] = True
    done = Sample(3, "a", "2026-05-01T10", "s", 0.95, (), (Stratum("remaining", 1000, 100, 100, 0, 0),))
    return pace_of([*anna, *bert], found, 7200, (assess(done),), "anna")


def test_the_pace_counts_time_at_it_and_no_pauses() -> None:
    pace = some_pace()
    anna, bert = pace.workers
    assert (anna.looks, bert.looks) == (600, 120)
    assert [anna.per_hour, anna.hours] == pytest.approx([3600.0, 1 / 6])
    assert [bert.per_hour, bert.hours] == pytest.approx([7200.0, 1 / 60])
    assert pace.hours_left == pytest.approx(2.0)
    assert pace.team_hours_left == pytest.approx(7200 / 10_800)


def look(case: Case, op: str, actor: str, second: int, media: list[int]) -> None:
    row = {"op": op, "actor": actor, "width": 200, "height": 200, "on_screen": 9, "blurred": False, "manner": "grid"}
    row |= {"at": f"2026-05-01T10:00:{second:02}.000Z", "duration_ms": 1500}
    with case.database.write() as connection:
        connection.execute(insert(schema.look), [row | {"media_id": m} for m in media])


def test_batches_of_looks_are_read_of_all_of_one_and_of_the_newest(case: Case) -> None:
    look(case, "one", "anna", 0, [1, 2, 3])
    look(case, "two", "bert", 5, [3, 4])
    look(case, "three", "anna", 10, [4, 5, 6, 7])
    start = 1777629600.0
    one, three = Spell("anna", start, 3, 1.5), Spell("anna", start + 10, 3, 1.5)
    with case.database.read() as connection:
        assert spells(connection) == [one, Spell("bert", start + 5, 1, 1.5), three]
        assert spells(connection, "anna") == [one, three]
        assert spells(connection, "anna", 4) == [three]
        assert spells(connection, "anna", 2) == [Spell("anna", start + 10, 2, 1.5)]
        assert spells(connection, "cleo", 4) == []
        assert lately(connection, "cleo") == Worker("cleo", 0, 0.0, None)
        assert lately(connection, "anna") == Worker("anna", 6, 11.5 / 3600, None), "too few for a pace"
    look(case, "four", "anna", 20, list(range(10, 30)))
    with case.database.read() as connection:
        assert lately(connection, "anna").per_hour == pytest.approx(26 * 3600 / 21.5)


def test_one_more_hour_buys_looks_and_what_they_yield() -> None:
    pace = some_pace()
    assert pace.bins == (30, 0, 0, 10, 0, 0, 0, 0)
    assert pace.yield_now == pytest.approx(2.0), "10 in the last 500"
    assert pace.next_hour_looks == pytest.approx(3600.0)
    assert pace.next_hour_relevant == pytest.approx(72.0)
    assert pace.recall_at_least == pytest.approx(40 / (40 + pace.samples[0].strata[0].most))


def test_without_looks_there_is_no_figure() -> None:
    assert (NOBODY.hours_left, NOBODY.next_hour_relevant, NOBODY.yield_now, NOBODY.recall_at_least) == (None,) * 4
    assert NOBODY.workers == ()


@pytest.mark.parametrize("pace", [some_pace(), NOBODY], ids=["some", "nobody"])
@pytest.mark.parametrize("name", [name for name, _ in DRAWINGS])
def test_every_drawing_is_sound_as_svg_and_as_png(name: str, pace: Pace) -> None:
    lay_out: Callable[[Pace, dict[str, int]], Drawing] = dict(DRAWINGS)[name]
    drawing = lay_out(pace, {"looked": 700, "remaining": 300, "known": 0})
    alone, inside = ET.fromstring(svg(drawing, alone=True)), svg(drawing, alone=False)
    assert alone.tag == "{http://www.w3.org/2000/svg}svg"
    assert "style=" not in inside, "the page's policy allows no styles in attributes"
    assert 'fill="#' not in inside
    for x, y, wide, high, _, _ in drawing.boxes:
        assert x >= 0
        assert y >= 0
        assert x + wide <= drawing.width + 0.01
        assert y + high <= drawing.height + 0.01
    image = Image.open(io.BytesIO(png(drawing)))
    assert image.size == (2 * drawing.width, 2 * drawing.height)
    assert len(image.getcolors(1 << 20) or []) > 2


def test_the_bars_are_as_tall_as_what_they_stand_for() -> None:
    drawing = dict(DRAWINGS)["yield"](some_pace(), {})
    tall = [round(box[3], 2) for box in drawing.boxes]
    assert tall[0] == pytest.approx(3 * tall[3], abs=0.02)
    assert [t for n, t in enumerate(tall) if n not in (0, 3)] == [0] * 6
    assert (drawing.width, drawing.height) == (WIDTH, HEIGHT)
    states = dict(DRAWINGS)["states"](some_pace(), {"looked": 700, "remaining": 350, "known": 0})
    assert [box[4] for box in states.boxes] == ["looked", "remaining"]
    assert states.boxes[0][2] == pytest.approx(2 * states.boxes[1][2])
    assert any("66.7 %" in words[2] for words in states.words)


def test_what_a_person_is_called_cannot_break_a_drawing() -> None:
    pace = pace_of([Spell("<b>&\"'", 0.0, 50, 10.0)], np.zeros(50, bool), 5, ())
    root = ET.fromstring(svg(dict(DRAWINGS)["pace"](pace, {}), alone=False))
    assert "<b>&\"'" in [e.text for e in root.iter() if e.tag.endswith("text")]


def test_the_drawing_of_the_assurance_says_each_stratum_and_all_together() -> None:
    """59 of 900 and 241 of 14,200 with nothing found; by Bonferroni the two add up to the whole at 97.5 % each."""
    strata = (Stratum("remaining", 14_200, 241, 241, 0, 0), Stratum("stacked-under-looked", 900, 59, 59, 0, 0))
    finding = assess(Sample(7, "a", "2026-05-01T10", "s", 0.95, (), strata))
    assert finding.whole is not None
    drawing = dict(DRAWINGS)["assurance"](pace_of([], np.zeros(0, bool), 40, (finding,)), {})
    said = [text.replace("\u202f", ",") for _, _, text, _ in drawing.words]
    figures = [bound.unseen for bound in finding.strata] + [finding.whole.unseen]
    assert figures[0] == hypergeometric_upper(0, 241, 14_200, 0.95)
    names = ("remaining", "stacked-under-looked", "all together")
    for name, unseen, of in zip(names, figures, ("14,200", "900", "15,100"), strict=True):
        assert said[said.index(name) + 1] == f"at most {unseen:,} of {of}"
    assert said[-1] == "sample 7 of 2026-05-01: 300 looked at blind, 0 relevant"
    assert drawing.title.endswith("with 95 % confidence")
    assert "no sample" in dict(DRAWINGS)["assurance"](NOBODY, {}).words[0][2]

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from everyframe.errors import UsageError
from everyframe.review.decisions import decide
from everyframe.review.looks import record_looks
from everyframe.store import order_schema, schema
from everyframe.store.looking import SeenLook
from everyframe.store.orders import read_order
from everyframe.store.sampling import draw_key, populations
from everyframe.store.verify import verify
from everyframe.store.views import View
from everyframe.triage.assurance import draw_sample, findings

if TYPE_CHECKING:
    from everyframe.store.case import Case

ITEM = order_schema.sample_item


def items(case: Case, sample: int) -> list[int]:
    with case.database.read() as connection:
        query = select(ITEM.c.media_id).where(ITEM.c.sample_id == sample).order_by(ITEM.c.ordinal)
        return list(connection.execute(query).scalars())


def look(case: Case, ids: list[int], op: str) -> None:
    seen = [SeenLook(i, 400, 300, 9000, 1, blurred=False, manner="viewer") for i in ids]
    assert record_looks(case, seen, op=op.ljust(16, "-"), actor="anna")["refused"] == {}


def found(case: Case) -> list[str]:
    with case.database.read() as connection:
        return [f.sentence for f in findings(connection)]


def test_a_sample_bounds_once_all_of_it_was_looked_at(case: Case) -> None:
    number = draw_sample(case, 100, actor="anna", seed="4711")
    drawn = items(case, number)
    assert len(drawn) == len(set(drawn)) == 100
    assert ": 0 of 100 looked at" in found(case)[0]
    look(case, drawn[:99], "first")
    assert ": 99 of 100 looked at" in found(case)[0]
    look(case, drawn[99:], "last")
    decide(case, "relevant", [drawn[0], drawn[50]], op="decide-".ljust(16, "-"), actor="anna")
    with case.database.read() as connection:
        (finding,) = findings(connection)
    (bound,) = finding.strata
    assert (bound.name, bound.population, bound.drawn, bound.relevant) == ("remaining", 315, 100, 2)
    assert (bound.most, bound.unseen) == (17, 15)
    assert finding.sentence.startswith(
        "with 95 % confidence at most 15 of 315 that nobody had looked at are relevant and not found yet (sample 1 of "
    )
    others = [i for i in range(1, 301) if i not in drawn][:4]
    decide(case, "relevant", others, op="more---".ljust(16, "-"), actor="anna")
    assert " at most 11 of 315 " in found(case)[0], "what is found later is not unseen any more"


def test_weaker_states_are_strata_of_their_own(case: Case) -> None:
    look(case, list(range(1, 301)), "all")
    with case.database.read() as connection:
        after = {name: ids.tolist() for name, ids in populations(connection).items()}
    assert {name: len(ids) for name, ids in after.items()} == {
        "remaining": 3, "stacked-under-looked": 12, "known": 0, "excluded": 0,
    }  # fmt: skip
    number = draw_sample(case, 500, actor="anna")
    assert sorted(items(case, number)) == sorted(after["remaining"] + after["stacked-under-looked"])
    with case.database.read() as connection:
        (finding,) = findings(connection)
        order = read_order(connection, View("sample", order="drawn"), "triage", ("relevant",))
    assert finding.drawn == 15
    assert order.ids.tolist() == items(case, number), "the review shows what is folded, too, in the order of the draw"


def test_anybody_can_draw_it_again(case: Case) -> None:
    number = draw_sample(case, 80, actor="anna", seed="public words")
    with case.database.read() as connection:
        rows = connection.execute(select(schema.media.c.id, schema.media.c.sha256)).all()
        members = populations(connection)["remaining"].tolist()
    keyed = sorted((draw_key("public words", bytes(r.sha256)), r.id) for r in rows if r.id in members)
    assert items(case, number) == [i for _, i in keyed[:80]]
    assert draw_key("", b"").hex() == "e7ac0786668e0ff0f02b62bd04f45ff636fd82db63b1104601c975dc005f3a67"


def test_another_seed_draws_others_and_the_audit_keeps_it(case: Case) -> None:
    one, other = (draw_sample(case, 60, actor="anna") for _ in range(2))
    assert set(items(case, one)) != set(items(case, other))
    with case.database.read() as connection:
        a = schema.audit.c
        bodies = [json.loads(b) for b in connection.execute(select(a.body).where(a.action == "assure.draw")).scalars()]
        seeds = list(connection.execute(select(order_schema.sample.c.seed)).scalars())
    assert [b["seed"] for b in bodies] == seeds
    assert bodies[0]["strata"]["remaining"]["population"] == 315
    assert [p for p in verify(case).problems if "sample" in p] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE sample_item SET media_id = 299 WHERE ordinal = 3", "its rows are not what the audit recorded"),
        ("UPDATE sample SET seed = 'other'", "its seed does not draw these from the stratum remaining"),
        ("DELETE FROM sample_item WHERE ordinal = 0", "its seed does not draw these"),
        ("DELETE FROM sample_item", "its rows are not what the audit recorded"),
    ],
)
def test_a_draw_that_was_touched_is_found(case: Case, change: str, said: str) -> None:
    number = draw_sample(case, 60, actor="anna", seed="1")
    if 299 in items(case, number):
        change = change.replace("299", "1")
    assert not [p for p in verify(case).problems if "sample" in p]
    with case.database.write() as connection:
        connection.execute(text(change))
    assert any(said in p for p in verify(case).problems)


def test_a_draw_that_was_removed_is_missed(case: Case) -> None:
    draw_sample(case, 60, actor="anna")
    with case.database.write() as connection:
        for table in ("sample_item", "sample_stratum", "sample"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert any("the audit recorded its draw, and it is gone" in p for p in verify(case).problems)


def test_nothing_to_draw_from_is_said(case: Case) -> None:
    with pytest.raises(UsageError, match="nothing is left to draw from: excluded hold"):
        draw_sample(case, 10, actor="anna", strata=("excluded",))
    with pytest.raises(UsageError, match="there is no stratum 'odd'"):
        draw_sample(case, 10, actor="anna", strata=("odd",))

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import ColumnElement, Connection, select, text

from everyframe.errors import UsageError
from everyframe.review.decisions import decide
from everyframe.review.looks import record_looks
from everyframe.store import exclusions, known_facts, order_schema, schema, stacking
from everyframe.store.ids import id_list
from everyframe.store.known_facts import HitRow
from everyframe.store.looking import SeenLook
from everyframe.store.media_detail import read_media, read_tags
from everyframe.store.orders import OTHER_CODE, count, counts, newer, read_order
from everyframe.store.stack_schema import stack_member
from everyframe.store.stacking import MemberRow
from everyframe.store.views import ORDERS, SHOWS, View, conditions, ordering
from everyframe.store.windows import _ITEMS, _PLACES, preview_place, preview_places, read_items
from everyframe.triage.assurance import draw_sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from everyframe.store.case import Case

SCHEME = "projectvic-us"
CODES = ("0", "1", "2", "3", "4", "5")


@pytest.fixture
def used(case: Case) -> Case:
    looks = [SeenLook(i, 150, 100, 900, 1, blurred=False, manner="viewer") for i in range(10, 60)]
    record_looks(case, looks, op="l" * 32, actor="anna")
    decide(case, "1", range(20, 40), op="d" * 32, actor="anna")
    decide(case, "5", range(35, 80), op="e" * 32, actor="anna")
    with case.database.write() as connection:
        rows = [MemberRow(n, n - 3, 8, 1, by_hand=False, differs=n % 20 == 3) for n in range(13, 300, 10)]
        stacking.put_members(connection, rows)
        facts = {"name": "s", "version": "", "kind": "reference", "scheme": ""}
        own = known_facts.put_set(connection, "s-1", facts)
        known_facts.add_hits(connection, own.id, [HitRow(n, "exact", "", "md5", 0, 1) for n in range(20, 316, 11)])
    draw_sample(case, 70, actor="anna", seed="views")
    return case


def brute(connection: Connection, show: str, exhibit: str) -> list[int]:
    """Say the same in plain Python over whole rows."""
    standing = {r.media_id: r.code for r in connection.execute(select(schema.standing))}
    exhibits = dict(connection.execute(select(schema.exhibit.c.id, schema.exhibit.c.reference)).all())
    files: dict[int, list[Any]] = {}
    for row in connection.execute(select(schema.media_file)):
        files.setdefault(row.media_id or 0, []).append(row)
    differing = {r.media_id for r in connection.execute(select(schema.embedding)) if r.differs}
    drawn = set(connection.execute(select(order_schema.sample_item.c.media_id)).scalars())
    members = connection.execute(select(stack_member)).all()
    heads, variants = {r.representative_id for r in members}, {r.media_id for r in members if r.differs}
    tests: dict[str, Callable[[Any], bool]] = {
        "all": lambda _: True,
        "looked": lambda m: m.looked,
        "remaining": lambda m: not m.looked and any(f.exclusion_id is None for f in files[m.id]),
        "decided": lambda m: m.id in standing,
        "undecided": lambda m: m.id not in standing,
        "video": lambda m: m.kind == "video",
        "damaged": lambda m: bool(m.damaged),
        "differs": lambda m: m.id in differing,
        "sample": lambda m: m.id in drawn,
        "stacked": lambda m: m.id in heads,
        "variants": lambda m: m.id in variants,
        "known": lambda m: m.known_by is not None,
        "category:1": lambda m: standing.get(m.id) == "1",
        "category:5": lambda m: standing.get(m.id) == "5",
    }
    rows = connection.execute(select(schema.media).order_by(schema.media.c.first_file_id))
    return [
        m.id
        for m in rows
        if m.outcome == "viewable"
        and (show == "sample" or not m.folded)
        and (not m.aside or show in ("decided", "known", "sample", "category:1", "category:5"))
        and tests[show](m)
        and (not exhibit or any(exhibits[f.exhibit_id] == exhibit for f in files[m.id]))
    ]


@pytest.mark.parametrize("exhibit", ["", "SYN/1", "SYN/2"])
@pytest.mark.parametrize("show", [*SHOWS, "category:1", "category:5"])
def test_each_view_is_what_a_scan_of_every_row_gives(used: Case, show: str, exhibit: str) -> None:
    with used.database.read() as connection:
        order = read_order(connection, View(show, exhibit), SCHEME, CODES)
        assert order.ids.tolist() == brute(connection, show, exhibit)
        assert count(connection, View(show, exhibit), SCHEME) == len(order.ids)


@pytest.mark.parametrize("show", ["remaining", "all"])
def test_what_is_excluded_is_not_left(used: Case, show: str) -> None:
    with used.database.write() as connection:
        exclusions_made = {"pattern": "DCIM/100CANON/IMG_02*", "reference": "", "why": "drawings", "actor": "anna"}
        exclusions.exclude(connection, **exclusions_made)
    with used.database.read() as connection:
        found = read_order(connection, View(show), SCHEME, CODES).ids.tolist()
        assert found == brute(connection, show, "")
        assert (205 in found) is (show == "all")
        assert counts(connection, "", SCHEME, CODES)["remaining"] == len(brute(connection, "remaining", ""))


@pytest.mark.parametrize("exhibit", ["", "SYN/2"])
def test_counts_are_the_lengths_of_the_views(used: Case, exhibit: str) -> None:
    with used.database.read() as connection:
        found = counts(connection, exhibit, SCHEME, CODES)
        shows = [*SHOWS, *(f"category:{code}" for code in CODES)]
        lengths = {s: len(read_order(connection, View(s, exhibit), SCHEME, CODES).ids) for s in shows}
    assert found == lengths


def test_states_say_looked_and_category(used: Case) -> None:
    with used.database.read() as connection:
        order = read_order(connection, View(), SCHEME, CODES)
        other = read_order(connection, View(), "triage", ("relevant",))
    states = dict(zip(order.ids.tolist(), order.states.tolist(), strict=True))
    assert (states[1], states[12], states[25], states[37], states[79]) == (0, 1, 1 | 2 << 1, 1 | 6 << 1, 6 << 1)
    assert other.states[order.ids.tolist().index(79)] == OTHER_CODE << 1


def test_orders_sort(case: Case) -> None:
    with case.database.read() as connection:
        sizes = dict(connection.execute(select(schema.media.c.id, schema.media.c.size)).all())
        f, m = schema.media_file, schema.media
        joined = select(m.c.id, f.c.modified).join(f, f.c.id == m.c.first_file_id)
        stamps = dict(connection.execute(joined).all())
        largest = read_order(connection, View(order="largest"), SCHEME, CODES).ids.tolist()
        newest = read_order(connection, View(order="newest"), SCHEME, CODES).ids.tolist()
        listed = read_order(connection, View(), SCHEME, CODES).ids.tolist()
    by_size = [sizes[i] for i in largest]
    by_time = [stamps[i] for i in newest]
    assert by_size == sorted(by_size, reverse=True)
    assert by_time == sorted(by_time, reverse=True)
    assert sorted(listed) == sorted(largest) == sorted(newest)


def test_a_list_has_a_name_of_its_own(case: Case) -> None:
    with case.database.read() as connection:
        one = read_order(connection, View(), SCHEME, CODES)
        same = read_order(connection, View(), SCHEME, CODES)
        other = read_order(connection, View(order="largest"), SCHEME, CODES)
    assert one.key == same.key != other.key
    assert one.ids.dtype == np.int32
    assert one.newest == 315


def test_what_came_later_is_counted(case: Case) -> None:
    with case.database.read() as connection:
        assert newer(connection, View(), SCHEME, 315) == 0
        assert newer(connection, View(), SCHEME, 290) == len(list(range(291, 301))) + 3


@pytest.mark.parametrize("fields", [{"show": "nothing"}, {"order": "random"}, {"show": "category:"}])
def test_a_view_that_does_not_exist_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        View.parse(fields)


def test_an_exhibit_that_does_not_exist_is_refused(case: Case) -> None:
    with case.database.read() as connection, pytest.raises(UsageError, match="no exhibit"):
        read_order(connection, View(exhibit="X"), SCHEME, CODES)


def test_a_view_is_its_fields() -> None:
    view = View.parse({"show": "category:5", "exhibit": "A/1", "order": "newest", "item": "4"})
    assert view.as_json() == {"show": "category:5", "exhibit": "A/1", "order": "newest"}
    assert view.category == "5"


def plan(connection: Connection, query: Any) -> str:
    compiled = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
    return " | ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


def scans(told: str, table: str) -> bool:
    return f"SCAN {table} " in f"{told} " and "INDEX" not in told


@pytest.mark.parametrize("show", SHOWS)
def test_no_view_reads_the_table_row_by_row(case: Case, show: str) -> None:
    with case.database.read() as connection:
        query = ordering(select(schema.media.c.id).where(*conditions(connection, View(show), SCHEME)), "listing")
        told = plan(connection, query)
    assert "SEARCH media USING" in told
    assert "SCAN media" not in told


@pytest.mark.parametrize(("order", "index"), [("listing", "media_grid"), ("largest", "media_largest")])
def test_the_whole_order_comes_from_an_index_alone(case: Case, order: str, index: str) -> None:
    columns: ColumnElement[int] = schema.media.c.id * 2 + schema.media.c.looked
    with case.database.read() as connection:
        told = plan(connection, ordering(select(columns).where(*conditions(connection, View(), SCHEME)), order))
    assert f"USING COVERING INDEX {index}" in told
    assert "TEMP B-TREE" not in told
    assert ORDERS[:2] == ("listing", "largest")


@pytest.mark.parametrize("query", [_ITEMS, _PLACES])
def test_windows_search_by_id(case: Case, query: Any) -> None:
    with case.database.read() as connection:
        told = plan(connection, query.params(**id_list([1, 2])))
    assert "SCAN media" not in told
    assert "SCAN preview" not in told
    assert "SEARCH" in told


def test_cells_tell_what_is_stored(used: Case) -> None:
    with used.database.read() as connection:
        found = {i.id: i for i in read_items(connection, [3, 5, 7, 20, 40, 99_999])}
    assert sorted(found) == [3, 5, 7, 20, 40]
    assert (found[3].kind, found[3].duration_ms, found[3].frames_shown) == ("video", 6973, 4)
    assert (found[5].frames, found[7].damaged, found[5].damaged) == (12, True, False)
    assert (found[20].occurrences, found[20].folded, found[20].looked, found[20].code) == (2, 1, True, "1")
    assert (found[7].looked, found[7].code, found[7].scheme) == (False, "", "")
    assert found[40].name == "DCIM/100CANON/IMG_0040.JPG"


def test_previews_are_where_the_rows_say(case: Case) -> None:
    with case.database.read() as connection:
        places = preview_places(connection, [1, 2, 99_999])
        assert sorted(places) == [1, 2]
        assert case.previews.read(places[1])[:2] == b"\xff\xd8"
        assert preview_place(connection, 3, "frame", 3) is not None
        assert preview_place(connection, 3, "frame", 4) is None
        assert preview_place(connection, 1, "frame", 0) is None


def test_one_media_in_full(used: Case) -> None:
    with used.database.read() as connection:
        found = read_media(connection, 20)
        assert read_media(connection, 99_999) is None
        assert read_tags(connection, 20) == {"EXIF:Make": "Drawn", "EXIF:ISO": 200, "EXIF:FNumber": "2.8"}
        assert read_tags(connection, 21) is None
    assert found is not None
    assert found["files"]["total"] == 2
    assert [f["exhibit"] for f in found["files"]["rows"]] == ["SYN/1", "SYN/2"]
    assert found["folded"]["rows"][0]["provenance"] == "embedded"
    assert found["metadata"]["serial"] == "SN000000"
    assert found["times"][0]["source"] == "EXIF:DateTimeOriginal"
    assert (found["embedded"][0]["distance"], found["embedded"][0]["differs"]) == (4, False)
    assert len(found["digests"]["sha256"]) == 64
    assert (found["looks"]["total"], found["decisions"]["total"]) == (1, 1)
    assert {r["role"] for r in found["renditions"]} == {"grid", "viewer"}


def test_warnings_of_one_media(case: Case) -> None:
    with case.database.read() as connection:
        found = read_media(connection, 7)
    assert found is not None
    assert found["warnings"]["total"] == 1
    assert found["warnings"]["rows"][0]["code"] == "damaged"
    assert found["damaged"] == "premature end of the stream"


def test_the_synthetic_case_balances(case: Case) -> None:
    from everyframe.store.account import read_account

    with case.database.read() as connection:
        account = read_account(connection)
    assert account.balanced
    assert account.complete
    assert account.listed == 300 + 30 + 15 + 6

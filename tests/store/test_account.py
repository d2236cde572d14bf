"""The account: whatever the facts, each file is in exactly one state, and the sums are those of counting by hand."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from everyframe.model.account import Account, Tally
from everyframe.model.states import FileOutcome, MediaOutcome, State
from everyframe.store import schema
from everyframe.store.account import read_account, state_of, with_state
from everyframe.store.case import Case, NewCase
from everyframe.store.match_schema import known_set

F, M = schema.media_file, schema.media

media: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from([m.value for m in MediaOutcome]),
        "looked": st.booleans(),
        "known_by": st.none() | st.integers(1, 2),
        "stacked_under": st.none() | st.integers(0, 3),
    }
)
files: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "exhibit_id": st.integers(1, 2),
        "outcome": st.sampled_from([o.value for o in FileOutcome]),
        "media": st.none() | st.integers(0, 3),
        "under": st.none() | st.integers(0, 3),
        "excluded": st.booleans(),
        "size": st.none() | st.integers(0, 2**40),
    }
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Case.create(tmp_path_factory.mktemp("account") / "c", NewCase(number="1"), actor="t") as case:
        with case.database.write() as connection:
            connection.execute(
                insert(schema.exhibit), [{"id": n, "reference": f"E/{n}", "created_at": ""} for n in (1, 2)]
            )
            facts = {"version": "", "kind": "alert", "scheme": "", "facts": "", "exact_to": 0, "near_to": 0}
            sets = [{"id": n, "ident": f"s-{n}", "name": f"set {n}", "left_out": False, **facts} for n in (1, 2)]
            connection.execute(insert(known_set), sets)
            source = {"path": b"", "display": "", "device": 0, "inode": 0, "filesystem": 0, "state": "done"}
            connection.execute(insert(schema.source), [{"id": n, "exhibit_id": n, **source} for n in (1, 2)])
        yield case


def plant(case: Case, contents: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    """Store facts as they are, in the place of those of the last example."""
    with case.database.write() as connection:
        for table in (F, M, schema.listing):
            connection.execute(delete(table))
        for n, content in enumerate(contents):
            first = next((i for i, r in enumerate(rows) if r["media"] == n), 0)
            facts = {
                "md5": b"",
                "sha1": b"",
                "size": 0,
                "kind": "image",
                "mime": "",
                "stages": "",
                "quarantined": False,
            }
            summary = {"first_file_id": first, "occurrences": 1, "folded": False}
            connection.execute(insert(M).values(id=n, sha256=bytes([n]), **facts, **summary, **content))
        for n, row in enumerate(rows):
            values = {k: row[k] for k in ("exhibit_id", "outcome", "size")}
            links = {
                "media_id": row["media"],
                "folded_under": row["under"],
                "exclusion_id": 1 if row["excluded"] else None,
            }
            named = {"path": b"p", "display": "p", "member": b"p", "locator": "", "kind": "file", "provenance": "live"}
            place = {"id": n, "ordinal": n, "depth": 0, "source_id": row["exhibit_id"]}
            connection.execute(insert(F).values(**place, **named, **links, **values))
            listed = {"source_id": row["exhibit_id"], "exhibit_id": row["exhibit_id"], "files": 1}
            connection.execute(insert(schema.listing).values(bytes=row["size"] or 0, at="", **listed))


def set_of(contents: list[dict[str, Any]], row: dict[str, Any]) -> int | None:
    """Say which set accounts for a file: its own, or that of the picture which it is embedded in."""
    own: int | None = contents[row["media"]]["known_by"] if row["media"] is not None else None
    above: int | None = contents[row["under"]]["known_by"] if row["under"] is not None else None
    return own if own is not None else above


def by_hand(contents: list[dict[str, Any]], rows: list[dict[str, Any]], n: int) -> State | None:
    """Decide the state of one file in plain words, as docs/account.md puts it."""
    row = rows[n]
    content = contents[row["media"]] if row["media"] is not None else None
    shown = row["outcome"] == "done" and content is not None and content["outcome"] == "viewable"
    if shown and content is not None and content["looked"]:
        first = next(i for i, r in enumerate(rows) if r["media"] == row["media"])
        return State.LOOKED if first == n else State.DUPLICATE_OF_LOOKED
    if row["excluded"] or row["outcome"] == "pending":
        return State.EXCLUDED if row["excluded"] else State.PENDING
    if set_of(contents, row) is not None:
        return State.KNOWN
    if row["outcome"] != "done" or content is None:
        return State(row["outcome"]) if row["outcome"] != "done" else None
    return by_hand_of_content(contents, row, content)


def by_hand_of_content(contents: list[dict[str, Any]], row: dict[str, Any], content: dict[str, Any]) -> State:
    """Decide the state of a file that nobody looked at, excluded or knows, by its content."""
    if content["outcome"] != "viewable":
        return State.PENDING if content["outcome"] == "undecoded" else State(content["outcome"])
    above = row["under"] if row["under"] is not None else content["stacked_under"]
    over = contents[above] if above is not None else None
    head = contents[over["stacked_under"]] if over and over["stacked_under"] is not None else None
    return State.STACKED_UNDER_LOOKED if (over and over["looked"]) or (head and head["looked"]) else State.REMAINING


@settings(max_examples=150, deadline=None)
@given(contents=st.lists(media, min_size=4, max_size=4), rows=st.lists(files, max_size=12))
def test_each_file_is_in_the_state_that_its_facts_say(
    shared: Case, contents: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    plant(shared, contents, rows)
    with shared.database.read() as connection:
        found = dict(tuple(r) for r in connection.execute(with_state(F.c.id, state_of().label("state"))))
        account = read_account(connection)
    expected = {n: by_hand(contents, rows, n) for n in range(len(rows))}
    assert found == expected
    stateless = sum(s is None for s in expected.values())
    assert account.stateless == stateless
    assert account.balanced == (stateless == 0)
    sets = [set_of(contents, rows[n]) for n, s in expected.items() if s is State.KNOWN]
    assert [(k.set, k.files) for k in account.known] == [(f"set {n}", sets.count(n)) for n in (1, 2) if n in sets]
    assert sum(k.files for e in account.exhibits for k in e.known) == len(sets)
    for state in State:
        mine = [n for n, s in expected.items() if s is state]
        distinct = {rows[n]["media"] for n in mine} - {None}
        assert account.states[state] == Tally(len(mine), len(distinct), sum(rows[n]["size"] or 0 for n in mine))
    assert sum(e.listed for e in account.exhibits) == account.listed == len(rows)


def test_a_file_that_was_lost_or_added_unbalances_the_account(shared: Case) -> None:
    contents = [{"outcome": "viewable", "looked": False, "known_by": None, "stacked_under": None}] * 4
    row = {"exhibit_id": 1, "outcome": "done", "media": 0, "under": None, "excluded": False, "size": 5}
    plant(shared, contents, [row, row | {"media": 1}])
    with shared.database.read() as connection:
        assert read_account(connection).balanced
    with shared.database.write() as connection:
        connection.execute(update(F).where(F.c.id == 0).values(size=6))
    with shared.database.read() as connection:
        assert not read_account(connection).balanced
    with shared.database.write() as connection:
        connection.execute(delete(F).where(F.c.id == 0))
    with shared.database.read() as connection:
        account = read_account(connection)
    assert (account.listed, account.files, account.balanced) == (2, 1, False)


def test_the_json_form_is_the_one_scripts_rely_on() -> None:
    states = {s: Tally() for s in State} | {State.LOOKED: Tally(2, 1, 30)}
    part = Account("JS/1", 2, 30, states, 0, 1)
    whole = Account("", 2, 30, states, 0, 1, exhibits=(part,))
    found = whole.as_json()
    assert found["listed"] == 2
    assert found["balanced"] is True
    assert list(found["states"]) == [
        "pending", "not-media", "unreadable", "excluded", "known", "looked", "duplicate-of-looked",
        "stacked-under-looked", "remaining",
    ]  # fmt: skip
    assert found["states"]["looked"] == {"files": 2, "media": 1, "bytes": 30}
    assert [e["reference"] for e in found["exhibits"]] == ["JS/1"]
    assert found["exhibits"][0]["states"]["looked"]["files"] == 2


def test_an_empty_case_balances(tmp_path: Path) -> None:
    with Case.create(tmp_path / "c", NewCase(number="1"), actor="t") as case, case.database.read() as connection:
        account = read_account(connection)
        assert account.balanced
        assert account.listed == 0
        assert connection.execute(select(F)).all() == []

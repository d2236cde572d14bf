"""The chain shows every change, wherever it is made."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everyframe.audit.chain import START, Record, canonical, link, problems


def make(count: int) -> list[Record]:
    records: list[Record] = []
    before = START
    for n in range(1, count + 1):
        at, body = f"2024-01-01T00:00:{n:02}+00:00", canonical({"n": n, "text": "ä" * (n % 5)})
        before = link(before, n, at, "me", "test", body)
        records.append(Record(n, at, "me", "test", body, before))
    return records


def test_first_record_has_the_known_hash() -> None:
    assert link(START, 1, "2024-01-01T00:00:00.000+00:00", "a@b", "case.create", '{"x":1}').hex() == (
        "ca1e9e6926461edcbfaafc77256d69131080443d3f57716d02cb5875823275dd"
    )


def test_a_sound_chain_has_no_problems() -> None:
    records = make(50)
    assert list(problems(records, 50, records[-1].hash)) == []
    assert list(problems([], 0, START)) == []


CHANGES: list[Callable[[list[Record], int], list[Record]]] = [
    lambda r, n: [*r[:n], replace(r[n], body=r[n].body.replace("n", "m", 1)), *r[n + 1 :]],
    lambda r, n: [*r[:n], replace(r[n], actor="you"), *r[n + 1 :]],
    lambda r, n: [*r[:n], replace(r[n], at="2025" + r[n].at[4:]), *r[n + 1 :]],
    lambda r, n: [*r[:n], replace(r[n], action="tset"), *r[n + 1 :]],
    lambda r, n: [*r[:n], replace(r[n], hash=bytes([r[n].hash[0] ^ 1]) + r[n].hash[1:]), *r[n + 1 :]],
    lambda r, n: [*r[:n], *r[n + 1 :]],
    lambda r, n: r[:n],
    lambda r, n: [*r[:n], r[n], *r[n:]],
]


@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_every_kind_of_change_is_found_at_every_record(change: int) -> None:
    records = make(30)
    for n in range(30):
        changed = CHANGES[change](records, n)
        assert list(problems(changed, 30, records[-1].hash)), f"change {change} at record {n + 1}"


def test_swapped_records_are_found() -> None:
    records = make(30)
    for n in range(29):
        swapped = [*records[:n], records[n + 1], records[n], *records[n + 2 :]]
        assert list(problems(swapped, 30, records[-1].hash))


def test_each_bit_of_a_body_counts() -> None:
    records = make(3)
    data = records[1].body.encode()
    rng = random.Random(0)
    for _ in range(200):
        flipped = bytearray(data)
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(7)
        body = flipped.decode("latin-1")
        if body != records[1].body:
            assert list(problems([records[0], replace(records[1], body=body), records[2]], 3, records[2].hash))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_canonical_json_is_the_same_whatever_the_order_of_keys(value: object) -> None:
    def turned(v: object) -> object:
        if isinstance(v, dict):
            return {k: turned(v[k]) for k in reversed(list(v))}
        return [turned(x) for x in v] if isinstance(v, list) else v

    assert canonical(turned(value)) == canonical(value)
    assert canonical(value).isascii()

"""Scheme files: every good one is read as it stands, every other one is one clear error."""

import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.errors import SchemeError
from everyframe.model.scheme import Category, CategoryScheme, parse_scheme
from everyframe.store.scheme_files import load_scheme, load_schemes

GOOD: dict[str, Any] = {
    "id": "unit-1",
    "name": "Unit",
    "country": "LU",
    "category": [{"code": "a", "name": "First", "key": "1"}, {"code": "b", "name": "Second"}],
}

words = st.text(string.ascii_letters + string.digits + " äöß/", min_size=1, max_size=20).filter(
    lambda t: t.strip() == t
)
idents = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
keys = st.lists(st.sampled_from([*string.digits]), unique=True, max_size=10)
codes = st.lists(words, unique=True, min_size=1, max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(["id", "name", "country", "category", "code", "key"])


def test_a_good_file_is_read_as_it_stands() -> None:
    assert parse_scheme(GOOD, "x.toml") == CategoryScheme(
        "unit-1", "Unit", "LU", (Category("a", "First", "1"), Category("b", "Second", ""))
    )


@settings(max_examples=60)
@given(idents, words, codes, keys)
def test_whatever_is_well_formed_comes_back(ident: str, name: str, all_codes: list[str], some_keys: list[str]) -> None:
    rows = [{"code": code, "name": f"Name of {code}"} for code in all_codes]
    for row, key in zip(rows, some_keys, strict=False):
        row["key"] = key
    scheme = parse_scheme({"id": ident, "name": name, "category": rows}, "x.toml")
    assert (scheme.id, scheme.name, scheme.country) == (ident, name, "")
    assert [c.code for c in scheme.categories] == all_codes
    assert [c.key for c in scheme.categories if c.key] == some_keys[: len(all_codes)]
    assert all(scheme.category(code).code == code for code in all_codes)


def refusal(data: dict[str, Any]) -> str:
    try:
        parse_scheme(data, "unit.toml")
    except SchemeError as error:
        return str(error)
    return ""


@settings(max_examples=60)
@given(st.dictionaries(fields | st.text(max_size=6), anything, max_size=6))
def test_whatever_else_comes_is_one_clear_error(data: dict[str, Any]) -> None:
    said = refusal(data)
    assert said.startswith("unit.toml: ") or (not said and parse_scheme(data, "unit.toml").categories)


@settings(max_examples=60)
@given(fields, anything)
def test_one_field_that_is_wrong_is_named(field: str, value: object) -> None:
    data = {**GOOD, "category": [dict(row) for row in GOOD["category"]]}
    (data if field in {"id", "country"} else data["category"][0])[field] = value
    said = refusal(data)
    assert not said or (said.startswith("unit.toml: ") and field in said)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "unknown field 'colour'"),
    ({"id": ""}, "id is missing"),
    ({"id": "  "}, "id is missing"),
    ({"id": "a b"}, "id 'a b' may hold letters"),
    ({"id": "../up"}, "id '../up' may hold letters"),
    ({"id": "a" * 65}, "may hold letters"),
    ({"id": 7}, "id must be text in quotes, not int"),
    ({"name": None}, "name must be text in quotes, not NoneType"),
    ({"category": []}, "needs at least one [[category]]"),
    ({"category": {"code": "a"}}, "needs at least one [[category]]"),
    ({"category": ["a"]}, "category 1: is not a table"),
    ({"category": [{"code": "a"}]}, "category 1: name is missing"),
    ({"category": [{"name": "A"}]}, "category 1: code is missing"),
    ({"category": [{"code": 1, "name": "A"}]}, "category 1: code must be text in quotes, not int"),
    ({"category": [{"code": "a", "name": "A", "key": "12"}]}, "key '12' is not one of the digits 0 to 9"),
    ({"category": [{"code": "a", "name": "A", "key": "٣"}]}, "is not one of the digits 0 to 9"),
    ({"category": [{"code": "a", "name": "A", "icon": "x"}]}, "category 1: unknown field 'icon'"),
    ({"category": [{"code": "a", "name": "A"}, {"code": "a", "name": "B"}]}, "code 'a' stands twice"),
    (
        {"category": [{"code": "a", "name": "A", "key": "1"}, {"code": "b", "name": "B", "key": "1"}]},
        "key '1' stands twice",
    ),
]


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_each_mistake_has_its_own_message(change: dict[str, Any], says: str) -> None:
    with pytest.raises(SchemeError) as raised:
        parse_scheme(GOOD | change, "unit.toml")
    assert says in str(raised.value)
    assert str(raised.value).startswith("unit.toml: ")


def test_a_code_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SchemeError, match="scheme unit-1 has no category 'z'; it has a, b"):
        parse_scheme(GOOD, "x").category("z")


def test_those_that_come_along_are_read() -> None:
    found = load_schemes()
    assert [*found] == ["projectvic-us", "triage", "uk-caid"]
    assert [c.code for c in found["projectvic-us"].categories] == ["0", "1", "2", "3", "4", "5"]
    assert [c.code for c in found["triage"].categories] == ["relevant", "not-relevant", "unsure"]
    assert [c.code for c in found["uk-caid"].categories][:3] == ["A", "B", "C"]
    for scheme in found.values():
        assert all(c.key for c in scheme.categories), "each category has a digit"


def test_an_agency_adds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path))
    own = tmp_path / "schemes" / "unit.toml"
    own.parent.mkdir()
    own.write_text('id = "unit"\nname = "Ünit"\n[[category]]\ncode = "x"\nname = "X"\n', "utf-8")
    assert load_scheme("unit").name == "Ünit"
    own.write_text('id = "triage"\nname = "Taken"\n[[category]]\ncode = "x"\nname = "X"\n', "utf-8")
    with pytest.raises(SchemeError, match=r"unit\.toml: the id 'triage' is taken"):
        load_scheme("triage")


@pytest.mark.parametrize("content", [b"id = ", b"\xff\xfe", b"[[category]\n", b'id = "a"\nid = "b"\n'])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path))
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "bad.toml").write_bytes(content)
    with pytest.raises(SchemeError, match=r"bad\.toml: is not a TOML file"):
        load_schemes()

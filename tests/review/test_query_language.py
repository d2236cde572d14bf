from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everyframe.errors import QueryError
from everyframe.model.query import All, Any, Box, Likeness, Not, Range, Span, Term, Value
from everyframe.review.query import FIELDS, chips, parse, view_of, write
from everyframe.store.filters import NAMES

if TYPE_CHECKING:
    from everyframe.model.query import Node

WRITTEN = {
    "word": st.text("abcé /.*\\\"'-:,()<>@", min_size=1).filter(lambda t: t.strip() == t),
    "text": st.text("abcé /.*\\\"'-:,()<>@", min_size=1),
    "number": st.sampled_from(["0", "7", "12.5", "3..4", "..9", "8.."]),
    "size": st.sampled_from(["1kB", "2MiB", "3", "1GB..2GB"]),
    "length": st.sampled_from(["30", "1:30", "1:02:30", "10..20"]),
    "time": st.sampled_from(["2024", "2024-05", "2024-05-31..2024-06-01", "2024-05-31T18:30"]),
    "hash": st.sampled_from(["6d30303030", "ABCDEF0123456789"]),
    "box": st.sampled_from(["1/2..3/4", "-10.5/170..10/-170"]),
    "group": st.sampled_from(["none", "7"]),
    "likeness": st.sampled_from(["5", "5/31", "ab" * 32 + "/40"]),
}


@st.composite
def terms(draw: st.DrawFn) -> Term:
    field = draw(st.sampled_from(FIELDS))
    operator = draw(st.sampled_from([":", "<", "<=", ">", ">="])) if field.compared else ":"
    texts = st.sampled_from(field.choices) if field.choices else WRITTEN[field.takes]
    if operator != ":":
        texts = texts.filter(lambda t: ".." not in t)
    values = tuple(Value(t, field.read(t, operator)) for t in draw(st.lists(texts, min_size=1, max_size=3)))
    clock = draw(
        st.sampled_from(["", "DateTimeOriginal", "ExifIFD:CreateDate", 'a "b']) if field.clocked else st.just("")
    )
    return Term(field.name, values, operator, clock)


def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(parts, min_size=2, max_size=3)
    alls = some.map(lambda p: All(tuple(x for x in p if not isinstance(x, All)) or (p[0],)))
    anys = some.map(lambda p: Any(tuple(x for x in p if not isinstance(x, Any)) or (p[0],)))
    several: st.SearchStrategy[Node] = (alls | anys).filter(lambda n: len(n.parts) > 1)
    return several | parts.map(Not)


@given(st.recursive(terms(), joined, max_leaves=8))
def test_what_is_written_reads_as_the_same(node: Node) -> None:
    assert parse(write(node)) == node


def chips_or_place(text: str) -> tuple[list[tuple[int, int]], int]:
    """Give the chips of a query, or none and where it is wrong; only an error of ours may come."""
    try:
        return chips(text), len(text)
    except QueryError as error:
        return [], error.at


@given(st.text('ab:-()<>=,"\\ or@.0159/T', max_size=40))
def test_any_text_is_a_query_or_an_error_with_a_place(text: str) -> None:
    parts, at = chips_or_place(text)
    assert 0 <= at <= len(text)
    if at < len(text) or not parts:
        return
    node = parse(text)
    assert "()" in text.replace(" ", "") or parse(write(node)) == node
    assert all(0 <= start < end <= len(text) for start, end in parts)
    assert "".join(text[a:b] for a, b in parts).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", All(())),
        ("beach", Term("path", (Value("beach"),))),
        ('"two words"', Term("path", (Value("two words"),))),
        ("-kind:film", Not(Term("kind", (Value("film"),)))),
        ("kind:FILM,animation", Term("kind", (Value("film"), Value("animation")))),
        ("size>=2MB", Term("size", (Value("2MB", Range(low=2_000_000)),), ">=")),
        ("width:100..200", Term("width", (Value("100..200", Range(100, 200)),))),
        ("length<1:30", Term("length", (Value("1:30", Range(high=90_000, below=True)),), "<")),
        ("taken:2024-12", Term("taken", (Value("2024-12", Span("2024-12", "2024-13")),))),
        ("taken>2024", Term("taken", (Value("2024", Span("2025", "")),), ">")),
        (
            "taken@DateTimeOriginal:2024..2025-02",
            Term("taken", (Value("2024..2025-02", Span("2024", "2025-03")),), ":", "DateTimeOriginal"),
        ),
        ("place:49.4/5.9..50.2/6.6", Term("place", (Value("49.4/5.9..50.2/6.6", Box(49.4, 5.9, 50.2, 6.6)),))),
        ("similar:12/31", Term("similar", (Value("12/31", Likeness(12, b"", 31)),))),
        (
            "a (b or c) d",
            All(
                (
                    Term("path", (Value("a"),)),
                    Any((Term("path", (Value("b"),)), Term("path", (Value("c"),)))),
                    Term("path", (Value("d"),)),
                )
            ),
        ),
        ("order", Term("path", (Value("order"),))),
    ],
)
def test_queries(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("colour:red", 0, "no field is called colour"),
        ("a kind:house", 7, "kind is one of: picture, animation, film"),
        ("kind:", 5, "a value is missing"),
        ('path:"abc', 5, "no partner"),
        ('path:""', 5, "nothing between"),
        ("(a b", 0, "never closed"),
        ("a) b", 1, "never opened"),
        ("a - b", 2, "must follow it at once"),
        ("or b", 0, "before this or"),
        ("a or", 2, "behind this or"),
        ("size:big", 5, "kB, MB, GB"),
        ("size>1..2", 5, "behind a colon only"),
        ("kind>film", 4, "takes a colon"),
        ("model@x:D", 0, "one clock only"),
        ("taken:2024-13", 6, "no time that exists"),
        ("taken:yesterday", 6, "a time is 2024"),
        ("place:1/2", 6, "SOUTH/WEST..NORTH/EAST"),
        ("place:5/1..4/2", 6, "south first"),
        ("hash:xyz", 5, "0 to 9 and a to f"),
        ("similar:5/300", 8, "from 0 to 256"),
        ("similar:blue", 8, "the number of a content"),
        ("x" * 4001, 4000, "at most 4000"),
        ("(" * 60, 41, "more than 40"),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, at: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert caught.value.at == at
    assert str(caught.value).startswith(f"at letter {at + 1}: ")


def test_chips_are_the_parts_that_hold_one_by_one() -> None:
    text = "kind:film  (a or b) -c"
    assert [text[a:b] for a, b in chips(text)] == ["kind:film", "(a or b)", "-c"]
    assert chips("a b or c") == [(0, 8)]


def test_every_field_is_carried_out() -> None:
    assert set(NAMES) == {f.name for f in FIELDS}


def test_a_view_has_its_query() -> None:
    view = view_of({"show": "video", "q": " size>1MB "})
    assert (view.show, view.q, view.as_json()["q"]) == ("video", "size>1MB", "size>1MB")
    assert view_of({}).where is None
    assert "q" not in view_of({"q": "  "}).as_json()


def test_the_docs_explain_every_field() -> None:
    said = (Path(__file__).parents[2] / "docs" / "query.md").read_text("utf-8")
    for field in FIELDS:
        takes = ", ".join(f"`{c}`" for c in field.choices) or field.takes
        assert f"| `{field.name}` | {takes} | {field.meaning} |" in said, field.name

"""Every requirement names tests, and every test that is named exists."""

import ast
import re

from tests.docs.reading import DOCS, ROOT, sections

PAGE = DOCS / "requirements.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def requirements() -> dict[str, str]:
    return {s.title: s.text for s in sections(PAGE) if s.title.startswith("MR-")}


def test_numbers_are_in_order_and_none_is_there_twice() -> None:
    titles = [s.title for s in sections(PAGE) if s.title.startswith("MR-")]
    assert all(re.fullmatch(r"MR-(CA|AO)-\d\d", t) for t in titles)
    assert titles == sorted(set(titles), key=lambda t: (t[3:5] != "CA", t))


def test_each_requirement_is_an_assertion_with_tests() -> None:
    for number, text in requirements().items():
        assertion, _, tests = text.strip().partition("\n\n")
        assert assertion.endswith("."), number
        assert TEST.findall(tests), number
        assert all(re.fullmatch(r"- `tests/\S+`", line) for line in tests.strip().splitlines()), number


def test_each_test_that_is_named_exists() -> None:
    lost = []
    for path, test in TEST.findall(PAGE.read_text("utf-8")):
        file = ROOT / path
        there = file.is_file() and test in {
            node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        if not there:
            lost.append(f"{path}::{test}")
    assert lost == []

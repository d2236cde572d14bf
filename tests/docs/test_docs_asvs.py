"""The answers to the security standard: every number is there, and whatever is named exists."""

import ast
import re
from collections import Counter

from tests.docs.reading import DOCS, ROOT, anchors, links

PAGE = DOCS / "security" / "asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
#: How many requirements each chapter of ASVS 5.0.0 has at levels 1 and 2.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
ANSWERS = {"met", "does not apply", "the agency's", "**not met**"}


def rows() -> list[tuple[str, str, str, str, str]]:
    return ROW.findall(PAGE.read_text("utf-8"))


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    found = rows()
    numbers = [tuple(int(part) for part in ident.split(".")) for ident, *_ in found]
    assert numbers == sorted(set(numbers))
    assert Counter(level for _, level, *_ in found) == {"1": 70, "2": 183}
    assert Counter(number[0] for number in numbers) == CHAPTERS


def test_every_answer_has_its_place_or_reason() -> None:
    for ident, _, title, answer, where in rows():
        assert answer in ANSWERS, ident
        assert title.strip(), ident
        assert where.strip(), ident


def test_the_sums_are_those_of_the_rows() -> None:
    sums = Counter(answer for *_, answer, _ in rows())
    text = PAGE.read_text("utf-8")
    met, none, agency, missing = (sums[a] for a in ("met", "does not apply", "the agency's", "**not met**"))
    assert f"{met} are met, {none} do not apply, {agency} depend on" in text
    assert f"**{missing} are not met**" in text


def test_tests_files_and_links_that_are_named_exist() -> None:
    tests = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    for name in re.findall(r"`([\w./]+)`", PAGE.read_text("utf-8")):
        if name.startswith("test_") and not name.endswith(".py"):
            assert name in tests, name
        elif name.endswith(".py"):
            places = [ROOT / name, ROOT / "src" / "everyframe" / name, ROOT / "tests" / "web" / name]
            assert any(place.is_file() for place in places), name
    for target in links(PAGE):
        page, _, anchor = target.partition("#")
        path = (PAGE.parent / page).resolve() if page else PAGE
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path), target

"""Words: those of the field, and no claims."""

import re

import pytest
from tests.docs.reading import PAGES, ROOT, lines

BANNED = {
    "terms that the Luxembourg Guidelines advise against": r"child porn|kiddie|underage sex|child prostitut",
    "claims": r"court-proof|tamper-proof|military-grade|bullet-?proof|100 ?% (secure|safe|accurate)|\bis secure\b|unhackable",
    "advertising": r"\b(powerful|seamless|cutting-edge|state-of-the-art|blazing|world-class|revolutionary)\b",
}
TEXTS = [
    *PAGES,
    *sorted((ROOT / "src").rglob("*.html")),
    *sorted((ROOT / "src").rglob("*.js")),
    *sorted((ROOT / "src").rglob("*.py")),
]


@pytest.mark.parametrize("what", BANNED)
def test_words_that_have_no_place_here(what: str) -> None:
    pattern = re.compile(BANNED[what], re.IGNORECASE)
    found = [f"{page.name}: {hit[0]}" for page in TEXTS for hit in pattern.finditer(page.read_text("utf-8"))]
    assert found == []


def test_sentences_are_short_enough_to_be_read() -> None:
    """Half of all sentences have at most twenty words, and hardly any has more than forty."""
    lengths = []
    for page in PAGES:
        prose = " ".join(line for line in lines(page) if line and line[0] not in "#|`<!")
        lengths += [len(sentence.split()) for sentence in re.split(r"(?<=[.:;?!])\s", prose) if sentence.strip()]
    lengths.sort()
    assert lengths[len(lengths) // 2] <= 20
    assert lengths[int(len(lengths) * 0.99)] <= 40


def test_the_readme_keeps_to_its_minute() -> None:
    words = " ".join(lines(ROOT / "README.md")).split()
    assert len(words) <= 700

"""Reading the pages of the documentation: headings, sections, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DOCS", "PAGES", "ROOT", "Section", "anchors", "links", "sections"]

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md"), *(ROOT / "changelog.d").glob("*.md")])

_HEADING = re.compile(r"(#{1,6}) (.+?)\s*$")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Section:
    level: int
    title: str
    text: str


def lines(page: Path) -> Iterator[str]:
    """Give the lines of a page that are not code."""
    fenced = False
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and not line.startswith("    "):
            yield line


def sections(page: Path) -> list[Section]:
    """Give the headings of a page, each with the text up to the next."""
    found: list[Section] = []
    for line in lines(page):
        heading = _HEADING.match(line)
        if heading:
            found.append(Section(len(heading[1]), heading[2], ""))
        elif found:
            last = found[-1]
            found[-1] = Section(last.level, last.title, f"{last.text}{line}\n")
    return found


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as code hosts make them."""
    return {re.sub(r"[^\w\- ]", "", s.title.lower()).replace(" ", "-") for s in sections(page)}


def links(page: Path) -> list[str]:
    """Give the targets of a page's links and pictures."""
    return _LINK.findall("\n".join(lines(page)))

"""Every link leads somewhere, and every picture is there."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.reading import PAGES, ROOT, anchors, links

PICTURES = (".png", ".jpg", ".svg")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in links(page):
        if target.startswith(("https://", "http://")) or target.endswith(PICTURES):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


def test_every_picture_is_there() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page) if target.endswith(PICTURES)}
    missing = sorted(name(path) for path in shown if not path.is_file())
    assert missing == [], f"make these screenshots: {', '.join(missing)}"
    assert all(path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" for path in shown if path.suffix == ".png")


def test_no_picture_is_there_for_nothing() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for target in links(page)}
    assert [name(path) for path in (ROOT / "docs" / "images").glob("*") if path not in shown] == []


def test_what_the_program_says_itself_is_current() -> None:
    script = ROOT / "scripts" / "docs_help.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"run scripts/docs_help.py: {done.stdout}{done.stderr}"


def test_the_check_finds_a_part_that_is_stale() -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("docs_help", ROOT / "scripts" / "docs_help.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stale = "before\n<!-- made: help account -->\nUsage: something else\n<!-- /made -->\nafter\n"
    fresh = module.made(stale)
    assert "Usage: everyframe account [OPTIONS] CASE" in fresh
    assert fresh.startswith("before\n")
    assert fresh.endswith("after\n")
    assert module.made(fresh) == fresh
    assert {maker.__name__ for maker in module.MAKERS.values()} >= {"help_text", "exit_codes"}

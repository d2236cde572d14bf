"""Exports and imports killed for real, and asked for again: the result is that of a run nobody disturbed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exchange.exchanging import command, foreign_case, records

SCRIPT = Path(__file__).with_name("killed.py")


def killed(module: str, name: str, nth: int, *words: str | Path) -> None:
    """Run a command that is killed at the Nth call of a function."""
    given = [sys.executable, str(SCRIPT), module, name, str(nth), *map(str, words)]
    ended = subprocess.run(given, capture_output=True, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("module", "name", "nth"),
    [
        ("everyframe.exchange.originals", "Originals._copy", 4),
        ("everyframe.exchange.vics_write", "settle", 1),
        ("everyframe.exchange.vics_write", "_summary", 1),
    ],
)
def test_an_export_with_files_goes_on(module: str, name: str, nth: int, origin: Path, tmp_path: Path) -> None:
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
    assert command("export", "vics", origin, tmp_path / "whole/x", "--files") == 0
    killed(module, name, nth, "export", "vics", origin, tmp_path / "killed/x", "--files")
    if name == "_summary":  # it stood already
        assert command("export", "vics", origin, tmp_path / "killed/x", "--files") == 2
    else:
        assert not (tmp_path / "killed/x").exists()
        assert command("export", "vics", origin, tmp_path / "killed/x", "--files") == 0
    assert tree(tmp_path / "killed") == tree(tmp_path / "whole")
    assert len(records(origin, "export")) == 2
    assert command("verify", origin) == 0


def test_an_export_killed_before_it_has_its_name_leaves_none(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    killed("everyframe.exchange.handing_out", "record", 1, "export", "csv", origin, out / "x.csv")
    assert not (out / "x.csv").exists()
    assert command("export", "csv", origin, out / "x.csv") == 0
    assert (out / "x.csv").stat().st_size
    assert len(records(origin, "export")) == 1


@pytest.mark.parametrize(
    ("module", "name", "nth"),
    [
        ("everyframe.store.vics_imports", "add_claims", 3),
        ("everyframe.store.vics_imports", "set_words", 1),
        ("everyframe.store.vics_imports", "mark_referenced", 1),
        ("everyframe.cli.import_cmd", "decide_import", 1),
        ("everyframe.exchange.vics_decide", "_decide", 2),
    ],
)
def test_an_import_goes_on(module: str, name: str, nth: int, empty: Path, tmp_path: Path) -> None:
    file = foreign_case(tmp_path / "in")
    whole = tmp_path / "whole"
    assert command("case", "create", whole, "--number", "T/2", "--scheme", "projectvic-us") == 0
    assert command("import", "vics", whole, file, "--workers", "1") == 0
    killed(module, name, nth, "import", "vics", empty, file, "--workers", "1")
    assert command("import", "vics", empty, file, "--workers", "1") == 0
    for case in (whole, empty):
        assert command("export", "vics", case, tmp_path / f"{case.name}.json") == 0
        assert command("verify", case) == 0
    assert (tmp_path / "other.json").read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert len(records(empty, "decide")) == len(records(whole, "decide")) == 3
    assert len(records(empty, "import.listed")) == 1

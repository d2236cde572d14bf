"""Tables and lists: what other programs make of them."""

import csv
import io
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.exchanging import command, records

from everyframe.exchange.csv_write import COLUMNS, cell

if TYPE_CHECKING:
    from tests.conftest import Command


def table(path: Path) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))]


def test_a_row_for_every_file(origin: Path, run: "Command", tmp_path: Path) -> None:
    done = run("export", "csv", origin, tmp_path / "x.csv", "--json")
    assert done.code == 0, done.err
    rows = table(tmp_path / "x.csv")
    assert len(rows) == done.json()["rows"] == run("account", origin, "--json").json()["listed"]
    assert tuple(rows[0]) == COLUMNS
    by_path = {r["path"]: r for r in rows}
    assert (by_path["DCIM/100/IMG_0000.JPG"]["category"], by_path["copy of the first.jpg"]["category"]) == ("1", "1")
    assert by_path["DCIM/100/IMG_0000.JPG"]["decided_by"] == "ann@unit"
    assert by_path["notes.txt"]["state"] == "not-media"
    assert bytes.fromhex(by_path["caf\\xe9 \\xff.jpg"]["path_bytes"]) == b"caf\xe9 \xff.jpg"
    assert "'=1+1.jpg" in by_path
    assert not any(value.startswith(("=", "+", "-", "@", "\t")) for r in rows for value in r.values())
    assert records(origin, "export")[0]["rows"] == len(rows)


def test_filters(origin: Path, tmp_path: Path) -> None:
    assert command("export", "csv", origin, tmp_path / "a", "--category", "1") == 0
    assert {r["path"] for r in table(tmp_path / "a")} == {"DCIM/100/IMG_0000.JPG", "copy of the first.jpg"}
    assert command("export", "csv", origin, tmp_path / "b", "--state", "unreadable", "--state", "not-media") == 0
    assert {r["state"] for r in table(tmp_path / "b")} == {"unreadable", "not-media"}
    assert command("export", "csv", origin, tmp_path / "c", "--category", "none", "--exhibit", "JS/1") == 0
    assert not {"1", "2"} & {r["category"] for r in table(tmp_path / "c")}


@given(st.text())
def test_a_cell_is_never_a_formula_and_loses_nothing(text: str) -> None:
    made = cell(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert made.removeprefix("'") == text if made != text else not text.startswith("'")


def test_md5sum_itself_checks_the_list(origin: Path, seized: Path, tmp_path: Path) -> None:
    for algorithm in ("md5", "sha1", "sha256"):
        out = tmp_path / f"x.{algorithm}"
        assert command("export", "hashes", origin, out, "--algorithm", algorithm) == 0
        words = [f"{algorithm}sum", "--check", "--ignore-missing", "--strict", str(out)]
        checked = subprocess.run(words, cwd=seized, capture_output=True, check=False)
        assert b"improperly formatted" not in checked.stderr
        assert b"did NOT match" not in checked.stderr, "members of archives cannot be opened, and that is all"
        lines = checked.stdout.splitlines()
        assert len(lines) == sum(1 for p in seized.rglob("*") if p.is_file())
        assert b"caf\xe9 \xff.jpg: OK" in lines
        assert any(b"new\\nline.jpg: OK" in line for line in lines)


def test_plain_lists_name_each_content_once(origin: Path, run: "Command", tmp_path: Path) -> None:
    done = run("export", "hashes", origin, tmp_path / "x", "--format", "plain", "--algorithm", "sha256", "--json")
    lines = (tmp_path / "x").read_text("ascii").splitlines()
    assert len(lines) == len(set(lines)) == done.json()["rows"]
    assert {len(line) for line in lines} == {64}


def test_hashdeep_lists_come_back_through_our_reader(origin: Path, run: "Command", tmp_path: Path) -> None:
    from everyframe.known.lint import Lint
    from everyframe.known.read_hashdeep import HashdeepReader
    from everyframe.known.source import Source

    done = run("export", "hashes", origin, tmp_path / "x", "--format", "hashdeep", "--algorithm", "sha1", "--json")
    lint, source = Lint(), Source(tmp_path / "x")
    assert HashdeepReader().recognises(source)
    entries = [*HashdeepReader().entries(source, lint)]
    assert (len(entries), lint.faults) == (done.json()["rows"], 0)
    assert {e.name for e in entries} >= {"JS/1/DCIM/100/IMG_0000.JPG", "JS/1/new\\nline.jpg"}

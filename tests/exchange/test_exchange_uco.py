"""CASE/UCO out of a case, held against the ontology by its own validator."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.exchange.exchanging import command, read, records

VALIDATOR = Path(sys.executable).with_name("case_validate")


def nodes(path: Path, kind: str) -> list[dict[str, object]]:
    return [n for n in read(path)["@graph"] if n["@type"] == kind]


def test_it_holds_exhibits_files_hashes_and_decisions(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.jsonld"
    assert command("export", "case", origin, out) == 0
    assert [n["case-investigation:exhibitNumber"] for n in nodes(out, "case-investigation:ProvenanceRecord")] == [
        "JS/1"
    ]
    files = nodes(out, "uco-observable:File")
    assert len(files) == records(origin, "export")[0]["files"]
    assert len({n["@id"] for n in read(out)["@graph"]}) == len(read(out)["@graph"])
    actions = nodes(out, "case-investigation:InvestigativeAction")
    assert sorted(str(a["uco-core:name"]) for a in actions) == ["category", "category", "taken in"]
    assert [n["uco-core:name"] for n in nodes(out, "uco-identity:Identity")] == ["ann@unit", "bob@unit"]
    tags = [n["uco-core:tag"] for n in nodes(out, "uco-core:Annotation")]
    assert tags.count(["projectvic-us:1"]) == 2, "each file of the content"


def test_it_is_the_same_every_time(origin: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert command("export", "case", origin, tmp_path / name) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_ontology_finds_nothing_wrong(origin: Path, tmp_path: Path) -> None:
    if not VALIDATOR.is_file():
        pytest.skip("case_validate is not installed: pip install case-utils")
    out = tmp_path / "x.jsonld"
    assert command("export", "case", origin, out) == 0
    words = [str(VALIDATOR), "--built-version", "case-1.4.0", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=250)
    assert (done.returncode, "Conforms: True" in done.stdout) == (0, True), done.stdout + done.stderr
    broken = tmp_path / "broken.jsonld"
    broken.write_text(
        out.read_text("utf-8").replace('"xsd:hexBinary","@value":"', '"xsd:hexBinary","@value":"zz', 1), "utf-8"
    )
    words[-1] = str(broken)
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=250)
    assert (done.returncode, "Conforms: False" in done.stdout) == (1, True)

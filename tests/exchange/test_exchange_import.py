"""A case of another tool taken in by real workers: what comes, what does not, and what goes back."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from tests.exchange.exchanging import command, foreign_case, media_of, read, records

from everyframe.exchange.vics_check import check_document
from everyframe.review.decisions import decide, undo
from everyframe.store import schema
from everyframe.store.case import Case

if TYPE_CHECKING:
    from tests.conftest import Command


def rows(directory: Path, table: Any) -> list[Any]:
    with Case(directory) as case, case.database.read() as connection:
        return [*connection.execute(select(table))]


def taken(run: "Command", case: Path, file: Path, *words: str) -> Any:
    return run("import", "vics", case, file, "--workers", "1", "--json", *words)


def test_export_import_export_is_the_same_to_the_byte(
    origin: Path, empty: Path, run: "Command", tmp_path: Path
) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    assert command("export", "vics", origin, tmp_path / "1/x", "--files") == 0
    done = taken(run, empty, tmp_path / "1/x/x.json")
    assert done.json()["account"]["balanced"], done.err
    assert (done.json()["decided"], done.json()["scheme"], done.json()["person"]) == (2, "projectvic-us", "Ann")
    assert set(done.json()["lint"]) == {"category-missing"}
    assert command("export", "vics", empty, tmp_path / "2/x", "--files") == 0
    assert (tmp_path / "1/x/x.json").read_bytes() == (tmp_path / "2/x/x.json").read_bytes()
    kept = {p.relative_to(tmp_path / "1"): p.read_bytes() for p in (tmp_path / "1").rglob("*") if p.is_file()}
    assert kept == {p.relative_to(tmp_path / "2"): p.read_bytes() for p in (tmp_path / "2").rglob("*") if p.is_file()}
    assert command("verify", empty) == 0
    assert b"caf\xe9 \xff.jpg" in {bytes(r.path) for r in rows(empty, schema.media_file)}


def test_import_export_import_export_of_another_tool(empty: Path, run: "Command", tmp_path: Path) -> None:
    done = taken(run, empty, foreign_case(tmp_path / "in"), "--exhibit", "PC", "--person", "Dan")
    assert done.code == 0, done.err
    found = done.json()
    assert (found["decided"], found["person"], found["exhibit"]) == (3, "Dan", "PC")
    lint = {"boolean-as-text": 8, "category-null": 1, "number-as-text": 1, "time-rewritten": 4}
    assert found["lint"] == lint
    outs = []
    for number, source in enumerate((empty, tmp_path / "third")):
        (tmp_path / f"o{number}").mkdir()
        outs.append(tmp_path / f"o{number}/x")
        assert command("export", "vics", source, outs[-1], "--files") == 0
        if not number:
            assert command("case", "create", tmp_path / "third", "--number", "T/9", "--scheme", "projectvic-us") == 0
            assert taken(run, tmp_path / "third", outs[0] / "x.json").code == 0
    assert (outs[0] / "x.json").read_bytes() == (outs[1] / "x.json").read_bytes()
    document = read(outs[0] / "x.json")
    assert [*check_document(document, "2.0", "US", extra=True)] == []
    case = document["value"][0]
    assert (case["CaseID"], case["CaseNumber"]) == ("6f0d8e3c-1d32-4c86-9d52-0b8f5a1b2c3d", "OTHER/9")
    assert (case["Agency"], case["TotalMediaFiles"]) == ("Elsewhere", 8)
    assert {r["PropertyName"] for r in case["CaseMetadata"]} == {"Colour", "Everyframe.CategoryScheme"}
    third = media_of(outs[0] / "x.json")["a3.jpg"]
    assert third["PhotoDNA"] == "QUJD" * 48
    assert third["X-Own"] == {"deep": [1, 2, {"x": "y"}]}
    assert third["VictimIdentified"] is False
    assert (third["Category"], third["DateUpdated"]) == (3, "2023-06-12T17:54:57.9658552+02:00")
    assert {h["HashName"] for h in third["AlternativeHashes"]} == {"TLSH", "SHA256", "PDQ"}
    assert third["Segments"][0]["End"] == "1"
    assert third["Identifiers"][0]["Name"] == "nick"
    first, second = third["MediaFiles"]
    assert (first["SourceID"], first["PhysicalLocation"], first["Own"]) == ("PC/7", 4096 * 3, 3)
    assert first["Written"] == "2023-06-12T15:54:57.000+00:00"
    assert (second["FilePath"], second["Deleted"]) == ("C:\\Temp", True)


def test_categories_are_that_persons_decisions_and_no_looks(empty: Path, run: "Command", tmp_path: Path) -> None:
    taken(run, empty, foreign_case(tmp_path / "in"))
    assert {(r.actor, r.scheme) for r in rows(empty, schema.decision)} == {("Carol", "projectvic-us")}
    assert rows(empty, schema.look) == []
    bodies = records(empty, "decide")
    assert len(bodies) == 3
    assert bodies[0]["origin"]["file"] == "other.json"
    assert run("account", empty, "--json").json()["states"]["remaining"]["files"] == 8
    again = taken(run, empty, tmp_path / "in/other.json")
    assert (again.code, again.json()["fresh"], again.json()["decided"]) == (0, False, 0)
    assert len(rows(empty, schema.decision)) == 3
    with Case(empty) as case:
        undo(case, op="undo-what-carol-decided", actor="Carol")
    assert command("export", "vics", empty, tmp_path / "x.json") == 0
    assert sorted(m.get("Category", 0) for m in media_of(tmp_path / "x.json").values()) == [0, 0, 1, 2]
    assert command("verify", empty) == 0


def test_what_is_decided_here_stands_over_what_comes(empty: Path, run: "Command", tmp_path: Path) -> None:
    taken(run, empty, foreign_case(tmp_path / "in"))
    second = json.loads((tmp_path / "in/other.json").read_text("utf-8-sig"))
    shutil.copytree(tmp_path / "in/Files.other", tmp_path / "in2/Files.other")
    for media in second["value"][0]["Media"]:
        media["Category"] = 5
    (tmp_path / "in2/later.json").write_text(json.dumps(second), "utf-8")
    done = taken(run, empty, tmp_path / "in2/later.json", "--person", "Eve")
    assert (done.json()["decided"], done.json()["decided_already"]) == (1, 3)
    codes = sorted(r.code for r in rows(empty, schema.standing))
    assert codes == ["1", "2", "3", "5"]
    assert command("verify", empty) == 0


def test_missing_and_altered_files_are_warnings_and_go_back_as_they_came(
    empty: Path, run: "Command", tmp_path: Path
) -> None:
    path = foreign_case(tmp_path / "in")
    stored = [tmp_path / "in" / m["RelativeFilePath"].replace("\\", "/") for m in read_bom(path)]
    stored[0].unlink()
    stored[1].write_bytes(stored[2].read_bytes())
    done = taken(run, empty, path)
    assert (done.code, done.json()["referenced_only"]) == (1, 4)
    states = done.json()["account"]["states"]
    assert (states["unreadable"]["files"], states["remaining"]["files"]) == (4, 4)
    referenced = [r for r in rows(empty, schema.media_file) if r.provenance == "referenced"]
    assert {r.display.rpartition("\\")[2] for r in referenced} == {"a0.jpg", "b0.jpg", "a1.jpg", "b1.jpg"}
    assert all(r.media_id is None for r in referenced)
    warned = run("warnings", empty, "--json").out
    assert warned.count("digest-differs") >= 2
    assert "No such file or directory" in warned
    assert command("verify", empty) == 0
    out = run("export", "vics", empty, tmp_path / "x", "--files", "--json")
    assert (out.code, out.json()["never_read"]) == (1, 2)
    found = media_of(tmp_path / "x/x.json")
    assert [*check_document(read(tmp_path / "x/x.json"), "2.0", "US", extra=True)] == []
    assert (found["a1.jpg"]["Category"], found["a1.jpg"]["MD5"]) == (1, read_bom(path)[1]["MD5"].upper())
    assert "RelativeFilePath" not in found["a0.jpg"]


def read_bom(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8-sig"))["value"][0]["Media"]
    return found


def test_a_path_that_leads_out_of_the_folder_is_not_followed(empty: Path, run: "Command", tmp_path: Path) -> None:
    path = foreign_case(tmp_path / "in")
    document = json.loads(path.read_text("utf-8-sig"))
    inside = tmp_path / "in" / document["value"][0]["Media"][0]["RelativeFilePath"].replace("\\", "/")
    shutil.move(inside, tmp_path / "outside.jpg")
    document["value"][0]["Media"][0]["RelativeFilePath"] = "..\\outside.jpg"
    path.write_text(json.dumps(document), "utf-8")
    done = taken(run, empty, path)
    assert (done.code, done.json()["referenced_only"]) == (1, 2)


def test_requests_that_are_refused(empty: Path, run: "Command", tmp_path: Path) -> None:
    path = foreign_case(tmp_path / "in")
    assert taken(run, empty, tmp_path / "nothing.json").code == 2
    (tmp_path / "text.json").write_text("bread, milk", "utf-8")
    refused = taken(run, empty, tmp_path / "text.json")
    assert (refused.code, "is no VICS file" in refused.err) == (2, True)
    shutil.copytree(tmp_path / "in", empty / "export" / "in")
    assert taken(run, empty, empty / "export/in/other.json").code == 9
    assert taken(run, empty, path).code == 0
    assert taken(run, empty, path, "--exhibit", "another").code == 10
    shutil.copytree(tmp_path / "in", tmp_path / "copy")
    assert taken(run, empty, tmp_path / "copy/other.json").code == 10, "the same file elsewhere"
    path.write_bytes(path.read_bytes() + b"\n")
    assert taken(run, empty, path).code == 10, "it has changed"
    assert run("intake", empty, tmp_path / "in", "--exhibit", "E", "--workers", "1").code == 10


def test_an_import_that_was_stopped_goes_on(
    empty: Path, run: "Command", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from everyframe.store import vics_imports

    path = foreign_case(tmp_path / "in")
    set_head = vics_imports.set_head

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(vics_imports, "set_head", fail)
    assert taken(run, empty, path).code == 130
    monkeypatch.setattr(vics_imports, "set_head", set_head)
    done = taken(run, empty, path)
    assert (done.code, done.json()["account"]["listed"], done.json()["decided"]) == (0, 8, 3)
    with Case(empty) as case, case.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.media_file)).scalar_one() == 8
    assert command("verify", empty) == 0


def test_our_own_evidence_and_an_import_meet_in_one_media(origin: Path, run: "Command", tmp_path: Path) -> None:
    assert command("export", "vics", origin, tmp_path / "x", "--files") == 0
    before = run("account", origin, "--json").json()
    done = taken(run, origin, tmp_path / "x/x.json", "--exhibit", "back")
    assert done.json()["decided"] == 0
    assert done.json()["account"]["media"] == before["media"]
    assert done.json()["account"]["listed"] > before["listed"]
    assert command("export", "vics", origin, tmp_path / "y.json") == 0
    assert [*check_document(read(tmp_path / "y.json"), "2.0", "US")] == []
    assert read(tmp_path / "y.json")["value"][0]["CaseNumber"] == "T/1"
    with Case(origin) as case:
        decide(case, "3", [1], op="decide-the-first-again", actor="ann@unit")
    assert command("verify", origin) == 0

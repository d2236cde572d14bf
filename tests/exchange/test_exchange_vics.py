"""VICS out of a case that was really taken in."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.exchange.exchanging import command, decided, ids, media_of, read, records

from everyframe.exchange.vics_check import check_document
from everyframe.known.lint import Lint
from everyframe.known.read_vics import Vics13Reader, Vics20Reader
from everyframe.known.source import Source
from everyframe.review.decisions import undo
from everyframe.store.case import Case

if TYPE_CHECKING:
    from tests.conftest import Command


def test_a_case_goes_out_as_the_table_of_entities_says(origin: Path, run: "Command", tmp_path: Path) -> None:
    for version, segment in (("2.0", "US"), ("2.0", "Default"), ("1.3", "US")):
        out = tmp_path / f"{version}-{segment}.json"
        done = run("export", "vics", origin, out, "--version", version, "--segment", segment, "--json")
        assert done.code == 0, done.err
        assert [*check_document(read(out), version, segment)] == []
        case = read(out)["value"][0]
        assert (case["CaseNumber"], case["ContactName"], case["SourceApplicationName"]) == ("T/1", "Ann", "Everyframe")
        assert case["TotalMediaFiles"] == sum(len(m["MediaFiles"]) for m in case["Media"]) == done.json()["files"]
        assert [m["MediaID"] for m in case["Media"]] == [*range(1, done.json()["media"] + 1)]
        assert done.json()["left_out_by_version"] == {} or version == "1.3"
    body = records(origin, "export")[0]
    assert body["kind"] == "vics-case"
    assert len(body["sha256"]) == 64
    assert command("verify", origin) == 0


def test_what_is_known_of_a_content_goes_out_with_it(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    assert command("export", "vics", origin, out) == 0
    found = media_of(out)
    first = found["IMG_0000.JPG"]
    assert [f["FilePath"] for f in first["MediaFiles"]] == ["DCIM/100/IMG_0000.JPG", "copy of the first.jpg"]
    assert first["Category"] == 1
    assert first["DateUpdated"].startswith("20")
    assert {h["HashName"] for h in first["AlternativeHashes"]} == {"SHA256", "PDQ"}
    assert {
        "PropertyName": "MIMEType",
        "PropertyValue": "image/jpeg",
        "PropertyGroup": "File",
        "MD5": first["MD5"],
    } in first["Exifs"]
    notes = {n["PropertyName"]: n["PropertyValue"] for n in found["cut.jpg"]["MediaMetadata"]}
    assert notes["Everyframe.Damaged"]
    assert notes["Everyframe.Decoder"].startswith("simplejpeg ")
    assert "Category" not in found["cut.jpg"]
    unreadable = {n["PropertyName"] for n in found["only a header.jpg"]["MediaMetadata"]}
    assert "Everyframe.Unreadable" in unreadable
    assert first["IsPrecategorized"] is False


def test_members_of_archives_name_what_holds_them(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    assert command("export", "vics", origin, out) == 0
    (row,) = media_of(out)["deep.png"]["MediaFiles"]
    assert (row["FilePath"], row["ParentFileName"]) == ("nested.zip/inner.zip/deep.png", "inner.zip")
    assert row["ParentFilePath"] == "nested.zip/inner.zip"
    assert len(row["ParentMD5"]) == 32
    assert row["SourceID"] == "JS/1"
    assert "Written" not in row, "a zip records no zone, and none is invented"
    notes = {n["PropertyName"]: n["PropertyValue"] for n in media_of(out)["deep.png"]["MediaMetadata"]}
    assert notes[f"Everyframe.MediaFile.{row['MediaFileID']}.Written"] == "2024-01-31T10:15:00"


def test_names_that_are_no_utf_8_keep_their_bytes(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    assert command("export", "vics", origin, out) == 0
    holder = next(m for m in media_of(out).values() if any("caf" in f["FileName"] for f in m["MediaFiles"]))
    (row,) = [f for f in holder["MediaFiles"] if "caf" in f["FileName"]]
    assert row["FileName"] == "caf\\xe9 \\xff.jpg"
    notes = {n["PropertyName"]: n["PropertyValue"] for n in holder["MediaMetadata"]}
    assert bytes.fromhex(notes[f"Everyframe.MediaFile.{row['MediaFileID']}.PathBytes"]) == b"caf\xe9 \xff.jpg"
    assert any(f["FileName"] == "new\nline.jpg" for f in holder["MediaFiles"])


def test_a_hash_set_says_nothing_of_where_it_was_found(origin: Path, run: "Command", tmp_path: Path) -> None:
    for arguments in (("export", "vics", origin, tmp_path / "a", "--what", "hashset", "--category", "1"),
                      ("export", "hashes", origin, tmp_path / "b", "--format", "vics", "--category", "1")):  # fmt: skip
        done = run(*arguments, "--json")
        assert (done.code, done.json()["media"]) == (0, 1), done.err
        document = read(arguments[3])
        assert [*check_document(document, "2.0", "US")] == []
        assert document["@odata.context"].endswith("/US/$metadata#Media")
        text = json.dumps(document)
        assert not any(word in text for word in ("IMG_0000", "JS/1", "MediaFiles", "Exifs", "T/1"))


def test_our_own_reader_of_known_sets_reads_it(origin: Path, tmp_path: Path) -> None:
    for version, reader in (("2.0", Vics20Reader), ("1.3", Vics13Reader)):
        for what in ("case", "hashset"):
            out = tmp_path / f"{version}-{what}.json"
            assert command("export", "vics", origin, out, "--version", version, "--what", what) == 0
            lint, source = Lint(), Source(out)
            assert reader().recognises(source)
            entries = [*reader().entries(source, lint)]
            assert lint.faults == 0, lint.counts
            assert sorted(e.category for e in entries if e.category not in {"", "0"}) == ["1", "2"]
            assert all(e.sha256 for e in entries)


def test_undecided_is_null_in_2_0_and_zero_in_1_3(origin: Path, tmp_path: Path) -> None:
    with Case(origin) as case:
        undo(case, op="undo-what-ann-decided", actor="ann@unit")
    for version, expected in (("2.0", None), ("1.3", 0)):
        out = tmp_path / version
        assert command("export", "vics", origin, out, "--version", version) == 0
        assert media_of(out)["IMG_0000.JPG"].get("Category") == expected


def test_codes_that_are_no_numbers_need_a_number(run: "Command", seized: Path, tmp_path: Path) -> None:
    case = tmp_path / "triage"
    assert command("case", "create", case, "--number", "T/3") == 0
    assert command("intake", case, seized / "DCIM", "--exhibit", "A", "--workers", "1") == 0
    assert command("export", "vics", case, tmp_path / "undecided.json") == 0, "nothing is decided: nothing to number"
    first = ids(case, "IMG_0000.JPG")[0]
    with Case(case) as opened:
        from everyframe.review.decisions import decide

        decide(opened, "relevant", [first], op="decide-the-first-one", actor="ann@unit")
    refused = run("export", "vics", case, tmp_path / "x.json")
    assert refused.code == 8
    assert "'relevant' of scheme triage is no number from 0 to 255" in refused.err
    assert "--number relevant=1" in refused.err
    assert not (tmp_path / "x.json").exists()
    done = run("export", "vics", case, tmp_path / "x.json", "--number", "relevant=7")
    assert done.code == 0
    assert media_of(tmp_path / "x.json")["IMG_0000.JPG"]["Category"] == 7
    own = {r["PropertyName"]: r["PropertyValue"] for r in read(tmp_path / "x.json")["value"][0]["CaseMetadata"]}
    assert own == {"Everyframe.CategoryScheme": "triage", "Everyframe.CategoryNumber.relevant": "7"}
    for words, code in ((("--number", "relevant=7", "--number", "unsure=7"), 8), (("--number", "nope=1"), 8),
                        (("--number", "relevant"), 2), (("--number", "relevant=256"), 2)):  # fmt: skip
        assert run("export", "vics", case, tmp_path / "y.json", *words).code == code


def test_what_is_decided_under_another_scheme_is_told_beside(origin: Path, run: "Command", tmp_path: Path) -> None:
    done = run("export", "vics", origin, tmp_path / "x.json", "--scheme", "uk-caid", "--number", "A=1", "--json")
    assert (done.code, done.json()["other_scheme"]) == (0, 2)
    found = media_of(tmp_path / "x.json")["IMG_0000.JPG"]
    assert "Category" not in found
    notes = {n["PropertyName"]: n["PropertyValue"] for n in found["MediaMetadata"]}
    assert notes["Everyframe.Category.projectvic-us"] == "1"


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("{stick}/x.json", "nothing is written beside evidence"),
        ("{case}/x.json", "lies within the case"),
        ("{case}/case.db", "exists already"),
        ("{tmp}/nowhere/x.json", "there is no folder"),
    ],
)
def test_places_that_are_refused(
    where: str, says: str, origin: Path, seized: Path, run: "Command", tmp_path: Path
) -> None:
    out = Path(where.format(stick=seized, case=origin, tmp=tmp_path))
    before = sorted(p for p in out.parent.glob("*"))
    for arguments in (("vics",), ("vics", "--files"), ("csv",), ("hashes",), ("case",)):
        done = run("export", arguments[0], origin, out, *arguments[1:])
        assert (done.code, says in done.err) == (2, True), done.err
    assert sorted(p for p in out.parent.glob("*")) == before
    assert records(origin, "export") == []


def test_inside_the_case_there_is_a_place_for_it(origin: Path) -> None:
    assert command("export", "csv", origin, origin / "export" / "x.csv") == 0


def test_exhibits_states_and_categories_narrow_what_goes_out(origin: Path, run: "Command", tmp_path: Path) -> None:
    cases: tuple[tuple[tuple[str, ...], int | None], ...] = (
        (("--category", "1", "--category", "2"), 2),
        (("--category", "none", "--exhibit", "JS/1"), None),
        (("--state", "unreadable"), 1),
    )
    for number, (words, media) in enumerate(cases):
        done = run("export", "vics", origin, tmp_path / f"{number}.json", *words, "--json")
        assert done.code == 0, done.err
        assert media is None or done.json()["media"] == media
        assert [*check_document(read(tmp_path / f"{number}.json"), "2.0", "US")] == []
    assert run("export", "csv", origin, tmp_path / "n.csv", "--exhibit", "ZZ").code == 2


def test_nothing_left_behind_when_it_fails(origin: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("everyframe.exchange.handing_out.Outfile.write", fail)
    assert command("export", "csv", origin, tmp_path / "x.csv") == 2
    assert [p.name for p in tmp_path.iterdir()] == ["origin"]
    assert records(origin, "export") == []


def test_the_check_finds_what_the_table_does_not_allow(origin: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    assert command("export", "vics", origin, out) == 0
    whole = out.read_text("utf-8")
    for change, says in (
        (('"IsPrecategorized":false', '"IsPrecategorized":"false"'), "is no Boolean"),
        (('"Category":1', '"Category":256'), "is no Byte"),
        (('"MediaID":1,', ""), "is missing"),
        (('"MediaID":1,', '"MediaID":1,"Colour":1,'), "has no such property"),
        (("/US/$metadata#Cases", "/UK/$metadata#Cases"), "does not begin with"),
    ):
        assert change[0] in whole
        wrong = json.loads(whole.replace(*change))
        assert any(says in problem for problem in check_document(wrong, "2.0", "US")), change
    assert decided is not None

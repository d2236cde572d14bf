"""What the case's own known sets found goes out with what is handed out, and comes back."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.exchange.exchanging import command, foreign_case, media_of, read
from tests.exchange.test_exchange_lists import table

from everyframe.exchange.vics_check import check_document
from everyframe.store.case import Case
from everyframe.testing.exhibits import jpeg

if TYPE_CHECKING:
    from tests.conftest import Command

PICTURE = "DCIM/100/IMG_0001.JPG"


def known(folder: Path, name: str, kind: str, rows: dict[str, str]) -> None:
    """Import a set under which each SHA-256 has a category."""
    path = folder / f"{name}.csv"
    path.write_text("sha256,category\n" + "".join(f"{digest},{category}\n" for digest, category in rows.items()))
    words = ("--name", name, "--kind", kind, "--version", "2026-03", "--scheme", "projectvic-us")
    assert command("known", "import", path, *words) == 0


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def matched(origin: Path, seized: Path, tmp_path: Path) -> Path:
    known(tmp_path, "Agency", "alert", {sha256(seized / PICTURE): "2"})
    software = {sha256(seized / PICTURE): "0", sha256(seized / "notes.txt"): "0"}
    known(tmp_path, "Common", "known-software", software)
    assert command("match", origin) == 0
    return origin


def notes(media: dict[str, Any]) -> dict[str, str]:
    return {n["PropertyName"]: n["PropertyValue"] for n in media["MediaMetadata"]}


def test_vics_names_the_set_that_accounts_and_tells_of_each(matched: Path, tmp_path: Path) -> None:
    assert command("export", "vics", matched, tmp_path / "x.json") == 0
    assert [*check_document(read(tmp_path / "x.json"), "2.0", "US")] == []
    found = media_of(tmp_path / "x.json")
    one = found["IMG_0001.JPG"]
    assert (one["IsPrecategorized"], one["PrecategorizationSource"]) == (True, "Agency 2026-03")
    assert "Category" not in one, "what a set says is no decision"
    said = [value for name, value in notes(one).items() if name.startswith("Everyframe.Known.")]
    assert said == [
        "alert, Agency 2026-03: category 2 of projectvic-us",
        "known-software, Common 2026-03: category 0 of projectvic-us",
    ]
    assert [m["IsPrecategorized"] for m in found.values()].count(True) == 1
    assert read(tmp_path / "x.json")["value"][0]["TotalPrecategorized"] == 1


def test_a_set_that_was_left_out_says_nothing(matched: Path, tmp_path: Path) -> None:
    assert command("match", matched, "--without", "Agency", "--why", "test") == 0
    assert command("export", "vics", matched, tmp_path / "x.json") == 0
    one = media_of(tmp_path / "x.json")["IMG_0001.JPG"]
    assert one["PrecategorizationSource"] == "Common 2026-03"
    assert not any("Agency" in value for value in notes(one).values())


def test_near_hits_make_nothing_precategorized(origin: Path, tmp_path: Path) -> None:
    assert command("export", "vics", origin, tmp_path / "0.json") == 0
    hashes = {h["HashName"]: h["HashValue"] for h in media_of(tmp_path / "0.json")["IMG_0001.JPG"]["AlternativeHashes"]}
    (tmp_path / "near.txt").write_text(f"{hashes['PDQ']},100\n")
    assert command("known", "import", tmp_path / "near.txt", "--name", "Near", "--kind", "alert") == 0
    assert command("match", origin) == 0
    assert command("export", "vics", origin, tmp_path / "1.json") == 0
    assert not any(m["IsPrecategorized"] for m in media_of(tmp_path / "1.json").values())


def test_the_table_has_the_set_version_kind_and_category(matched: Path, tmp_path: Path) -> None:
    assert command("export", "csv", matched, tmp_path / "x.csv") == 0
    rows = {r["path"]: r for r in table(tmp_path / "x.csv")}
    columns = ("known_set", "known_version", "known_kind", "known_category", "state")
    assert [rows[PICTURE][c] for c in columns] == ["Agency", "2026-03", "alert", "2", "known"]
    assert [rows["notes.txt"][c] for c in columns] == ["Common", "2026-03", "known-software", "0", "known"]
    assert [rows["DCIM/100/IMG_0002.JPG"][c] for c in columns[:4]] == ["", "", "", ""]


def test_an_embedded_picture_is_known_with_what_holds_it(matched: Path, run: "Command", tmp_path: Path) -> None:
    assert command("export", "csv", matched, tmp_path / "x.csv") == 0
    inside = [r for r in table(tmp_path / "x.csv") if r["path"].startswith(f"{PICTURE}/")]
    account = run("account", matched, "--json").json()["states"]["known"]["files"]
    assert account == sum(r["state"] == "known" for r in table(tmp_path / "x.csv"))
    assert all((r["known_set"], r["known_category"]) == ("Agency", "2") for r in inside if r["state"] == "known")


def test_the_state_known_narrows_every_kind_of_export(matched: Path, run: "Command", tmp_path: Path) -> None:
    def out(*words: str) -> Any:
        done = run("export", words[0], matched, tmp_path / words[0], "--state", "known", "--json", *words[1:])
        assert done.code == 0, done.err
        return done.json()

    rows = out("csv")["rows"]
    assert {r["state"] for r in table(tmp_path / "csv")} == {"known"}
    assert rows == run("account", matched, "--json").json()["states"]["known"]["files"] >= 2
    vics = out("vics")
    assert [*media_of(tmp_path / "vics")] == ["IMG_0001.JPG"]
    assert (vics["media"], vics["other_files"]) == (1, 1)
    assert out("hashes")["rows"] == rows
    assert out("case")["files"] == rows


def test_case_says_in_which_set_a_file_is(matched: Path, tmp_path: Path) -> None:
    assert command("export", "case", matched, tmp_path / "x.json") == 0
    graph = read(tmp_path / "x.json")["@graph"]
    said = {s for n in graph if n["@type"] == "uco-core:Annotation" for s in [n["uco-core:statement"]] if "known" in s}
    assert said == {
        "in known set Agency 2026-03 (alert), category 2",
        "in known set Common 2026-03 (known-software), category 0",
    }


def test_what_sets_said_comes_back_the_same_whatever_the_other_case_knows(
    matched: Path, empty: Path, tmp_path: Path
) -> None:
    for name in ("1", "2", "3"):
        (tmp_path / name).mkdir()
    assert command("export", "vics", matched, tmp_path / "1/x", "--files") == 0
    assert command("import", "vics", empty, tmp_path / "1/x/x.json", "--workers", "1") in {0, 1}
    assert command("export", "vics", empty, tmp_path / "2/x") == 0
    first = (tmp_path / "1/x/x.json").read_bytes()
    assert b"Agency 2026-03" in first
    assert without_paths(first) == without_paths((tmp_path / "2/x").read_bytes())
    assert command("match", empty) == 0
    with Case(empty) as case, case.database.read() as connection:
        from everyframe.store.known_facts import counts

        assert {c["set"]: c["exact"] for c in counts(connection)} == {"Agency": 1, "Common": 1}
    assert command("export", "vics", empty, tmp_path / "3/x") == 0
    assert without_paths((tmp_path / "3/x").read_bytes()) == without_paths(first)


def without_paths(text: bytes) -> Any:
    document = json.loads(text)
    for media in document["value"][0]["Media"]:
        media.pop("RelativeFilePath", None)
    return document


def test_an_imports_yes_stays_and_its_no_gives_way_to_a_hit(empty: Path, tmp_path: Path) -> None:
    file = foreign_case(tmp_path / "in")
    text = json.loads(file.read_text("utf-8-sig"))
    said = ((True, "Theirs 1"), (True, None), (False, "C:\\path"), (None, None))
    for media, (flag, source) in zip(text["value"][0]["Media"], said, strict=True):
        media |= {"IsPrecategorized": flag, "PrecategorizationSource": source}
    file.write_text(json.dumps(text))
    known(tmp_path, "Ours", "reference", {hashlib.sha256(jpeg(7000 + n)).hexdigest(): "5" for n in range(4)})
    assert command("import", "vics", empty, file, "--workers", "1") in {0, 1}
    for name in ("before", "after"):
        assert command("export", "vics", empty, tmp_path / name) == 0
        found = [*media_of(tmp_path / name).values()]
        precategorized = [(m["IsPrecategorized"], m.get("PrecategorizationSource")) for m in found]
        if name == "before":
            assert precategorized == [(True, "Theirs 1"), (True, None), (False, "C:\\path"), (False, None)]
            assert command("match", empty) == 0
    ours = (True, "Ours 2026-03")
    assert precategorized == [(True, "Theirs 1"), ours, ours, ours]
    assert notes(found[2])["Everyframe.Known.PrecategorizationSource"] == "C:\\path"

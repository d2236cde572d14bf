"""Matching a case: what is found, what is known by it, and that the account follows when sets change."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert, select, update
from tests.cli.conftest import command

from everyframe.analysis.perceptual import pdq
from everyframe.analysis.pixels import sample, upright
from everyframe.errors import MissedMatchError, UsageError
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.known import match_near, match_selftest, matching
from everyframe.known.importing import NewSet, import_set, remove_set
from everyframe.known.match_near import NearSet
from everyframe.known.matching import MatchRequest, match
from everyframe.known.nearest_orientation import search_oriented
from everyframe.known.sets import KnownSet, sets_folder
from everyframe.model.states import State
from everyframe.review.looks import record_looks
from everyframe.store import exclusions, known_facts, schema
from everyframe.store.account import read_account
from everyframe.store.case import Case, NewCase
from everyframe.store.digest import result_digest
from everyframe.store.looking import SeenLook
from everyframe.store.match_queries import Turned
from everyframe.store.match_schema import known_choice, known_hit, turned_hash
from everyframe.store.verify import verify
from everyframe.testing.exhibits import quick_exhibit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Command

M, F = schema.media, schema.media_file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("matching")
    quick_exhibit(directory / "exhibit", pictures=8)
    with Case.create(directory / "case", NewCase(number="1"), actor="t") as case:
        Intake(case, IntakeRequest(sources=(directory / "exhibit",), exhibit="A", actor="t", workers=1)).run()
    return directory


@pytest.fixture
def case(made: Path, tmp_path: Path) -> Iterator[Case]:
    with Case(shutil.copytree(made / "case", tmp_path / "case")) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def known(home: Path, name: str, text: str, kind: str = "reference", version: str = "1") -> str:
    path = home.parent / f"{name}.csv"
    path.write_text(text)
    return import_set(path, NewSet(kind=kind, name=name, version=version), home=home, actor="t").id


def again(case: Case, home: Path, *only: str) -> matching.Matched:
    return match(case, MatchRequest(home=home, actor="t", only=only))


def digest_of(made: Path, name: str, algorithm: str = "sha256") -> str:
    data = (made / "exhibit" / name).read_bytes()
    return hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def hits(case: Case) -> list[dict[str, Any]]:
    with case.database.read() as connection:
        names = [c for c in known_hit.c if c.name not in ("set_id", "media_id")]
        query = select(F.c.display.label("file"), *names).join(M, M.c.id == known_hit.c.media_id)
        query = query.join(F, F.c.id == M.c.first_file_id).order_by(F.c.id, known_hit.c.set_id, known_hit.c.category)
        return [dict(r._mapping) for r in connection.execute(query)]


def states(case: Case) -> dict[State, int]:
    with case.database.read() as connection:
        account = read_account(connection)
    assert account.balanced
    return {s: t.files for s, t in account.states.items() if t.files}


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_a_picture_is_known_by_each_of_its_digests(case: Case, made: Path, home: Path, algorithm: str) -> None:
    before = states(case)
    value = digest_of(made, "DCIM/100/IMG_0003.JPG", algorithm)
    ident = known(home, "agency", f"{algorithm},category\n{value},2\n")
    found = again(case, home)
    assert [(h["file"], h["manner"], h["category"], h["algorithm"]) for h in hits(case)] == [
        ("DCIM/100/IMG_0003.JPG", "exact", "2", algorithm)
    ]
    assert states(case) == before | {State.KNOWN: 1, State.REMAINING: before[State.REMAINING] - 1}
    assert [(s["id"], s["exact"], s["near"]) for s in found.sets] == [(ident, 1, 0)]
    assert verify(case).problems == []


def test_what_is_no_picture_is_looked_up_too_and_every_copy_follows(case: Case, made: Path, home: Path) -> None:
    rows = [digest_of(made, "notes.txt"), digest_of(made, "DCIM/100/IMG_0000.JPG"), digest_of(made, "broken.zip")]
    known(home, "nsrl", "sha256\n" + "\n".join(rows) + "\n", "known-software", "2026.1")
    again(case, home)
    assert states(case)[State.KNOWN] == 4  # the text, the archive, and a picture with its copy
    with case.database.read() as connection:
        account = read_account(connection)
    assert [(k.set, k.version, k.kind, k.files, k.media) for k in account.known] == [
        ("nsrl", "2026.1", "known-software", 4, 3)
    ]
    assert account.as_json()["exhibits"][0]["known"] == account.as_json()["known"]


def test_empty_and_trivial_files_never_match(case: Case, made: Path, home: Path) -> None:
    empty = [digest_of(made, "empty.jpg", a) for a in ("md5", "sha1", "sha256")]
    known(home, "list", f"md5,sha1,sha256\n{','.join(empty)}\n")
    again(case, home)
    assert hits(case) == []
    assert State.KNOWN not in states(case)


def test_sets_that_disagree_are_two_facts_and_one_of_them_accounts(case: Case, made: Path, home: Path) -> None:
    value = digest_of(made, "DCIM/100/IMG_0003.JPG")
    known(home, "software", f"sha256,category\n{value},\n", "known-software")
    known(home, "alerts", f"sha256,category\n{value},1\n{value},2\n{value},2\n", "alert")
    again(case, home)
    assert sorted((h["category"], h["rows"]) for h in hits(case)) == [("", 1), ("1", 1), ("2", 2)]
    with case.database.read() as connection:
        assert [(k.set, k.files) for k in read_account(connection).known] == [("alerts", 1)]
        ident = connection.execute(select(M.c.id).where(M.c.sha256 == bytes.fromhex(value))).scalar_one()
        assert {h["set"] for h in known_facts.read_hits(connection, ident)} == {"alerts", "software"}


def test_a_digest_that_a_stronger_one_contradicts_makes_nothing_known(case: Case, made: Path, home: Path) -> None:
    md5 = digest_of(made, "DCIM/100/IMG_0003.JPG", "md5")
    known(home, "collision", f"md5,sha256\n{md5},{'ab' * 32}\n", "known-software")
    again(case, home)
    assert [(h["algorithm"], h["agrees"]) for h in hits(case)] == [("md5", False)]
    assert State.KNOWN not in states(case)


def turned_pictures(case: Case, made: Path) -> tuple[int, dict[int, str]]:
    """Give a picture of the case, and the hashes of it really turned."""
    with case.database.read() as connection:
        ident = connection.execute(select(F.c.media_id).where(F.c.display == "DCIM/100/IMG_0005.JPG")).scalar_one()
    with Image.open(made / "exhibit/DCIM/100/IMG_0005.JPG") as image:
        pixels = np.asarray(image.convert("RGB"))
    return ident, {number: pdq(sample(upright(pixels, number)))[0].hex() for number in range(1, 9)}


def test_a_near_hit_in_every_orientation_is_a_fact_and_makes_nothing_known(case: Case, made: Path, home: Path) -> None:
    _, hashes = turned_pictures(case, made)
    known(home, "alerts", "pdq,quality,category\n" + "".join(f"{h},100,{n}\n" for n, h in hashes.items()), "alert")
    before = states(case)
    again(case, home)
    found = [h for h in hits(case) if h["file"] == "DCIM/100/IMG_0005.JPG"]
    assert [(h["category"], h["orientation"]) for h in found] == [(str(n), n) for n in range(1, 9)]
    assert {h["manner"] for h in found} == {"near"}
    assert {h["distance"] for h in found} == {0}
    assert states(case) == before
    assert verify(case).problems == []


def test_hashes_that_a_set_calls_too_plain_are_not_matched(case: Case, made: Path, home: Path) -> None:
    _, hashes = turned_pictures(case, made)
    known(home, "plain", f"pdq,quality\n{hashes[1]},49\n")
    again(case, home)
    assert hits(case) == []


def test_a_picture_is_matched_in_every_orientation_without_its_preview(case: Case, made: Path, home: Path) -> None:
    ident, hashes = turned_pictures(case, made)
    known(home, "alerts", f"pdq,category\n{hashes[1]},as stored\n{hashes[6]},turned\n")
    with case.database.write() as connection:
        connection.execute(
            update(schema.preview).where(schema.preview.c.media_id == ident).values(length=schema.preview.c.length - 1)
        )
    again(case, home)
    assert [h["category"] for h in hits(case)] == ["as stored", "turned"]


def test_what_was_looked_at_stays_looked_and_what_is_excluded_stays_excluded(
    case: Case, made: Path, home: Path
) -> None:
    names = ["DCIM/100/IMG_0003.JPG", "DCIM/100/IMG_0004.JPG", "DCIM/100/IMG_0005.JPG"]
    known(home, "list", "sha256\n" + "\n".join(digest_of(made, n) for n in names) + "\n")
    with case.database.write() as connection:
        exclusions.exclude(connection, pattern=names[1], reference="", why="x", actor="t")
        ident = connection.execute(select(F.c.media_id).where(F.c.display == names[0])).scalar_one()
    record_looks(case, [SeenLook(ident, 160, 120, 3000, 1, blurred=False, manner="viewer")], op="o" * 16, actor="t")
    again(case, home)
    found = states(case)
    assert (found[State.LOOKED], found[State.EXCLUDED], found[State.KNOWN]) == (1, 1, 1)


def test_the_account_follows_when_sets_change(case: Case, made: Path, home: Path) -> None:
    before = states(case)
    with case.database.read() as connection:
        digest = result_digest(connection)
    names = [f"DCIM/100/IMG_000{n}.JPG" for n in (3, 4, 5)]
    first = known(home, "list", f"sha256,category\n{digest_of(made, names[0])},1\n")
    again(case, home)
    assert states(case)[State.KNOWN] == 1
    known(home, "more", f"sha256\n{digest_of(made, names[1])}\n{digest_of(made, names[2])}\n")
    again(case, home, "more")
    assert states(case)[State.KNOWN] == 3
    remove_set(first, home=home, actor="t", why="replaced")
    known(home, "list", f"sha256,category\n{digest_of(made, names[0])},2\n", version="1")
    assert again(case, home).gone == [first]
    assert {h["category"] for h in hits(case)} == {"", "2"}
    for folder in sorted(sets_folder(home).iterdir()):
        if folder.is_dir() and not folder.name.startswith("."):
            remove_set(folder.name, home=home, actor="t", why="all of it")
    again(case, home)
    assert hits(case) == []
    assert states(case) == before
    with case.database.read() as connection:
        assert result_digest(connection) == digest
    assert verify(case).problems == []


def test_a_set_imported_anew_under_its_old_id_is_looked_up_anew(case: Case, made: Path, home: Path) -> None:
    text = f"sha256\n{digest_of(made, 'DCIM/100/IMG_0003.JPG')}\n"
    ident = known(home, "list", text, "reference")
    again(case, home)
    remove_set(ident, home=home, actor="t", why="of another kind")
    assert known(home, "list", text, "alert") == ident
    assert again(case, home).gone == [ident]
    with case.database.read() as connection:
        assert [k.kind for k in read_account(connection).known] == ["alert"]


def test_a_set_left_out_stays_left_out_until_it_is_taken_back(case: Case, made: Path, home: Path) -> None:
    known(home, "list", f"sha256\n{digest_of(made, 'DCIM/100/IMG_0003.JPG')}\n")
    again(case, home)
    for kind, expected in (("without", 0), ("with", 1), ("without", 0)):
        with case.database.write() as connection:
            known_facts.choose(connection, "list", kind, why="because", actor="t")
        assert states(case).get(State.KNOWN, 0) == expected
    again(case, home)
    assert states(case).get(State.KNOWN, 0) == 0
    assert len(hits(case)) == 1
    assert verify(case).problems == []
    with case.database.write() as connection, pytest.raises(UsageError, match="left out already"):
        known_facts.choose(connection, "list", "without", why="because", actor="t")
    with case.database.write() as connection, pytest.raises(UsageError, match="knows no set"):
        known_facts.choose(connection, "another", "without", why="because", actor="t")


def everything(case: Case) -> list[Any]:
    with case.database.read() as connection:
        return [list(connection.execute(select(t).order_by(*t.primary_key))) for t in (known_hit, turned_hash)]


def sets_for_many(case: Case, made: Path, home: Path) -> None:
    _, hashes = turned_pictures(case, made)
    names = [f"DCIM/100/IMG_000{n}.JPG" for n in range(8)]
    known(home, "list", "sha256,md5\n" + "".join(f"{digest_of(made, n)},{digest_of(made, n, 'md5')}\n" for n in names))
    known(home, "alerts", "pdq,category\n" + "".join(f"{h},{n}\n" for n, h in hashes.items()), "alert")


class StoppedError(Exception):
    pass


def test_stopped_anywhere_and_run_again_it_gives_the_same(
    case: Case, made: Path, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, size in (("DIGESTS", 5), ("PICTURES", 4)):
        monkeypatch.setattr(matching, name, size)
    sets_for_many(case, made, home)
    with Case(shutil.copytree(made / "case", tmp_path / "whole")) as whole:
        again(whole, home)
        expected = everything(whole)
    assert all(expected)
    steps = [0]

    def stop(*_: object) -> None:
        steps[0] += 1
        if steps[0] % 4 == 0:
            raise StoppedError

    for _ in range(40):
        try:
            match(case, MatchRequest(home=home, actor="t"), tell=stop)
            break
        except StoppedError:
            assert verify(case).problems == []
    else:
        pytest.fail("it does not get on")
    assert steps[0] > 8
    assert everything(case) == expected


KILLED = """
import sys, time
from pathlib import Path
from everyframe.known import matching
from everyframe.store.case import Case
matching.DIGESTS, matching.PICTURES = 5, 4
def tell(*told):
    print(*told, flush=True)
    time.sleep(0.05)
if __name__ == "__main__":
    with Case(Path(sys.argv[1])) as case, case.seat("intake", purpose="t"):
        matching.match(case, matching.MatchRequest(home=Path(sys.argv[2]), actor="t"), tell=tell)
"""


def test_killed_and_run_again_it_gives_the_same(case: Case, made: Path, home: Path, tmp_path: Path) -> None:
    sets_for_many(case, made, home)
    with Case(shutil.copytree(made / "case", tmp_path / "whole")) as whole:
        again(whole, home)
        expected = everything(whole)
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    for lines in (3, 4):
        running = subprocess.Popen(
            [sys.executable, script, case.directory, home], stdout=subprocess.PIPE, start_new_session=True
        )
        assert running.stdout is not None
        for _ in range(lines):
            assert running.stdout.readline()
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        assert states(case)
        assert verify(case).problems == []
    again(case, home)
    assert everything(case) == expected
    assert verify(case).problems == []


def test_a_damaged_table_is_found_by_what_is_planted(case: Case, made: Path, home: Path) -> None:
    ident = known(home, "list", "sha256\n" + "".join(f"{hashlib.sha256(bytes([n])).hexdigest()}\n" for n in range(9)))
    path = sets_folder(home) / ident / "sha256.table"
    table = KnownSet(path.parent).tables["sha256"]
    data = bytearray(path.read_bytes())
    keys = bytes(np.ascontiguousarray(table._keys).view(np.uint8))  # where they stand in the file
    at = bytes(data).index(keys)
    data[at : at + len(keys)] = keys[::-1]
    path.write_bytes(bytes(data))
    with pytest.raises(MissedMatchError, match="planted entries"):
        again(case, home)
    assert hits(case) == []


def test_a_search_that_misses_is_found_by_what_is_planted(
    made: Path, case: Case, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hashes = turned_pictures(case, made)
    known(home, "alerts", f"pdq\n{hashes[1]}\n")
    true = search_oriented

    def narrow(index: Any, values: Any, quality: Any, radius: int) -> Any:
        return true(index, values, quality, radius - 1)

    monkeypatch.setattr(match_near, "search_oriented", narrow)
    with pytest.raises(MissedMatchError, match="31 bits"):
        again(case, home)


def test_what_is_planted_near_is_found_and_taken_out(home: Path) -> None:
    rng = np.random.default_rng(3)
    rows = "".join(f"{rng.integers(0, 256, 32, dtype=np.uint8).tobytes().hex()},{q}\n" for q in (100, 20, 60, 50))
    near = NearSet.open(KnownSet(sets_folder(home) / known(home, "near", f"pdq,quality\n{rows}")))
    assert near is not None
    assert len(near.index) == 3
    empty = Turned(np.zeros(0, np.int64), np.zeros((0, 8, 32), np.uint8), np.zeros((0, 8), np.uint8))
    asked, planted = match_selftest.plant_near(near, empty)
    assert planted == set(range(-8, 0))
    found = near.hits(asked)
    assert match_selftest.checked(found, planted, "it") == []
    with pytest.raises(MissedMatchError, match="1 of 8"):
        match_selftest.checked([h for h in found if h.media_id != -3], planted, "it")


def test_the_command(run: Command, made: Path, tmp_path: Path) -> None:
    directory = shutil.copytree(made / "case", tmp_path / "case")
    nothing = run("match", directory)
    assert (nothing.code, nothing.out) == (0, "no known sets are installed: nothing to match against\n")
    path = tmp_path / "list.csv"
    path.write_text(f"sha256\n{digest_of(made, 'DCIM/100/IMG_0003.JPG')}\n")
    assert command("known", "import", path, "--kind", "reference", "--name", "ours") == 0
    found = run("match", directory, "--json").json()
    assert [(s["set"], s["exact"], s["near"]) for s in found["sets"]] == [("ours", 1, 0)]
    assert "ours (reference)" in run("account", directory).out
    assert run("match", directory, "--without", "ours").code == 2
    assert "left out of this case" in run("match", directory, "--without", "ours", "--why", "wrong list").out
    assert run("account", directory, "--json").json()["known"] == []
    assert run("match", directory, "--with", "ours", "--why", "the right one after all").code == 0
    assert run("account", directory, "--json").json()["known"][0]["files"] == 1
    assert run("match", directory, "--set", "another").code == 2
    assert run("verify", directory).code == 0


def test_changed_hits_and_choices_are_found(case: Case, made: Path, home: Path) -> None:
    known(home, "list", f"sha256\n{digest_of(made, 'DCIM/100/IMG_0003.JPG')}\n")
    again(case, home)
    with case.database.write() as connection:
        connection.execute(update(known_hit).values(category="9"))
    assert verify(case).problems == ["the hits in known sets are not those that matching stored"]
    with case.database.write() as connection:
        connection.execute(update(known_hit).values(category=""))
        connection.execute(update(M).where(M.c.known_by.is_not(None)).values(known_by=None))
    assert any("its known set" in p for p in verify(case).problems)
    with case.database.write() as connection:
        values = {"ident": "list", "kind": "without", "why": "", "actor": "t", "at": ""}
        connection.execute(insert(known_choice).values(values))
    assert any("choices" in p for p in verify(case).problems)

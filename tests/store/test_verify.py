"""Verification is itself verified: each planted damage is found, and a sound case has none."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from everyframe.intake.run import Intake, IntakeRequest
from everyframe.review.decisions import decide, undo
from everyframe.review.looks import record_looks
from everyframe.review.marks import add_clue, withdraw_clue
from everyframe.store.case import Case, NewCase
from everyframe.store.clues import NewClue
from everyframe.store.looking import SeenLook
from everyframe.store.verify import verify
from everyframe.testing.exhibits import quick_exhibit


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a case that was taken in, looked at and decided on."""
    directory = tmp_path_factory.mktemp("verify")
    quick_exhibit(directory / "exhibit", pictures=8)
    with Case.create(directory / "case", NewCase(number="1"), actor="t") as case:
        Intake(case, IntakeRequest(sources=(directory / "exhibit",), exhibit="A", actor="t", workers=1)).run()
        looks = [SeenLook(n, 160, 120, 2000, 2, blurred=False, manner="grid") for n in (1, 2)]
        assert record_looks(case, looks, op="look-1", actor="t")["recorded"] == 2
        decide(case, "relevant", [1, 2, 3], op="decide-1", actor="t")
        decide(case, "unsure", [3], op="decide-2", actor="t")
        undo(case, op="undo-1", actor="t")
        first, second = (
            NewClue(1, "viewer", 0, 0.1, 0.2, 0.3, 0.4, "text", word, b"jpeg", 3, 4) for word in ("bus", "sign")
        )
        add_clue(case, first, op="clue-1-000000000", actor="t")
        withdraw_clue(
            case, add_clue(case, second, op="clue-2-000000000", actor="t")["id"], op="clue-3-000000000", actor="u"
        )
    return directory / "case"


def check(directory: Path, head: str = "") -> list[str]:
    with Case(directory) as case:
        return verify(case, head=head).problems


def test_a_sound_case_has_no_problems(sound: Path) -> None:
    assert check(sound) == []


DAMAGE: dict[str, str] = {
    "a clue with other words": "UPDATE clue SET text = 'tram' WHERE id = 1",
    "a clue with another crop": "UPDATE clue SET crop = 'other' WHERE id = 1",
    "a clue removed": "DELETE FROM clue WHERE id = 1",
    "a clue that nobody marked": "INSERT INTO clue SELECT id + 5, op, media_id, role, ordinal, left, top, width, height, kind,"
    " text, crop, crop_width, crop_height, actor, at, withdrawn_by, withdrawn_at FROM clue WHERE id = 1",
    "a clue withdrawn in silence": "UPDATE clue SET withdrawn_by = 't', withdrawn_at = at WHERE id = 1",
    "a withdrawn clue that stands again": "UPDATE clue SET withdrawn_by = NULL, withdrawn_at = NULL WHERE id = 2",
    "an audit body changed": "UPDATE audit SET body = replace(body, 'A', 'B') WHERE action = 'intake.start'",
    "an audit time changed": "UPDATE audit SET at = '2020' WHERE seq = 3",
    "an audit record removed": "DELETE FROM audit WHERE seq = 4",
    "the audit cut off": "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    "the head set back": "UPDATE audit_head SET seq = seq - 1",
    "a file removed": "DELETE FROM media_file WHERE display = 'notes.txt'",
    "a file listed twice": "INSERT INTO media_file SELECT id + 10000, exhibit_id, source_id, parent_id, ordinal + 10000, depth,"
    " path, display, member, locator, kind, provenance, size, modified, accessed, changed, created, outcome, mime,"
    " name_disagrees, media_id, folded_under, exclusion_id FROM media_file WHERE display = 'notes.txt'",
    "a file given another content": "UPDATE media_file SET media_id = media_id + 1 WHERE display LIKE '%IMG_0003%'",
    "a content's digest changed": "UPDATE media SET sha256 = randomblob(32) WHERE id = 2",
    "a file called done": "UPDATE media_file SET outcome = 'done', media_id = NULL WHERE display = 'broken.zip'",
    "a file called pending": "UPDATE media_file SET outcome = 'pending' WHERE display = 'notes.txt'",
    "a file without a state": "UPDATE media_file SET outcome = 'perhaps' WHERE display = 'notes.txt'",
    "a listing that says less": "UPDATE listing SET files = files - 1",
    "a media called looked at": "UPDATE media SET looked = 1 WHERE id = 4",
    "a media called not looked at": "UPDATE media SET looked = 0 WHERE id = 1",
    "a look removed": "DELETE FROM look WHERE media_id = 1",
    "a look made longer": "UPDATE look SET duration_ms = 9000 WHERE media_id = 1",
    "a look given to another": "UPDATE look SET actor = 'somebody else' WHERE media_id = 1",
    "a look added": "INSERT INTO look (op, media_id, actor, at, width, height, duration_ms, on_screen, blurred, manner)"
    " SELECT op, 5, actor, at, width, height, duration_ms, on_screen, blurred, manner FROM look WHERE media_id = 1",
    "a decision changed": "UPDATE decision SET code = 'not-relevant' WHERE media_id = 1",
    "a decision removed": "DELETE FROM decision WHERE id = (SELECT max(id) FROM decision)",
    "the category in force changed": "UPDATE standing SET code = 'not-relevant' WHERE media_id = 1",
    "the category in force removed": "DELETE FROM standing WHERE media_id = 1",
    "a preview row removed": "DELETE FROM preview WHERE media_id = 3",
    "a preview moved": "UPDATE preview SET offset = offset + 1 WHERE media_id = 3",
    "a summary of files changed": "UPDATE media SET occurrences = 7 WHERE id = 1",
    "a picture called no media": "UPDATE media SET outcome = 'not-media' WHERE id = 4",
    "a camera changed": "UPDATE media SET pdq = randomblob(32) WHERE id = 4",
    "a warning removed": "DELETE FROM warning WHERE id = 1",
    "a setting changed": "INSERT INTO setting VALUES ('look.min-ms', '1')",
    "a file excluded behind the audit": "UPDATE media_file SET exclusion_id = 1 WHERE id = 3",
    "an exclusion added": "INSERT INTO exclusion (pattern, why, actor, at, files) VALUES ('*', 'x', 'y', 'z', 0)",
    "a job forgotten": "UPDATE media_file SET outcome = 'pending' WHERE display LIKE '%IMG_0001%'",
}


def damaged(sound: Path, directory: Path) -> Path:
    shutil.copytree(sound, directory)
    return directory


@pytest.mark.parametrize("kind", DAMAGE)
def test_planted_damage_is_found(sound: Path, tmp_path: Path, kind: str) -> None:
    copy = damaged(sound, tmp_path / "case")
    with sqlite3.connect(copy / "case.db") as connection:
        assert connection.execute(DAMAGE[kind]).rowcount >= 1
    connection.close()
    assert check(copy), kind


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


FILES: dict[str, Callable[[Path], object]] = {
    "a pack with a flipped bit": lambda case: flip(case / "previews/00001.pack", 5000),
    "a pack cut short": lambda case: (case / "previews/00001.pack").write_bytes(b"EFPK"),
    "a pack removed": lambda case: (case / "previews/00001.pack").unlink(),
}


@pytest.mark.parametrize("kind", FILES)
def test_damage_to_previews_is_found(sound: Path, tmp_path: Path, kind: str) -> None:
    copy = damaged(sound, tmp_path / "case")
    FILES[kind](copy)
    assert check(copy), kind


def test_a_head_noted_earlier_shows_a_rewritten_audit(sound: Path, tmp_path: Path) -> None:
    with Case(sound) as case:
        head = verify(case).head
    assert check(sound, head) == []
    other = Case.create(tmp_path / "other", NewCase(number="1"), actor="t")
    other.close()
    assert any("rewritten" in p for p in check(tmp_path / "other", head))
    assert any("rewritten" in p for p in check(sound, "1:00"))
    assert any("rewritten" in p for p in check(sound, "nonsense"))

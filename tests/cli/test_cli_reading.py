"""What reads a case: ``account``, ``warnings``, ``digest``, ``verify``."""

import re
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from everyframe.model.states import State
from everyframe.model.warning import MEANING, WarningCode

if TYPE_CHECKING:
    from tests.conftest import Command


def damage(case: Path, *statements: str) -> None:
    """Change a case behind everybody's back."""
    database = sqlite3.connect(case / "case.db")
    for statement in statements:
        assert database.execute(statement).rowcount > 0
    database.commit()
    database.close()


def add(*tallies: dict[str, int]) -> dict[str, int]:
    return {name: sum(t[name] for t in tallies) for name in ("files", "bytes")}


def test_the_account_as_text(run: "Command", taken: Path) -> None:
    shown = run("account", taken)
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    rows = {line.split("│")[1].strip(): line.split("│")[2].strip() for line in lines if line.startswith("│")}
    assert [*rows] == [*[s.value for s in State], "listed"]
    assert (rows["remaining"], rows["not-media"], rows["unreadable"], rows["listed"]) == ("18", "5", "2", "25")
    assert lines[-1] == "25 files listed, 7 accounted for: the account balances"


def test_the_account_as_scripts_read_it(run: "Command", taken: Path) -> None:
    found: dict[str, Any] = run("account", taken, "--json").json()
    assert set(found) == {
        "listed", "listed_bytes", "complete", "balanced", "media", "known", "states", "exhibits", "unread", "unread_bytes",
        "assurance",
    }  # fmt: skip
    assert found["assurance"] == []
    assert (found["listed"], found["balanced"], found["complete"]) == (25, True, True)
    assert [*found["states"]] == [s.value for s in State]
    for tally in found["states"].values():
        assert set(tally) == {"files", "media", "bytes"}
        assert all(isinstance(n, int) for n in tally.values())
    assert add(*found["states"].values()) == {"files": found["listed"], "bytes": found["listed_bytes"]}
    (exhibit,) = found["exhibits"]
    assert set(exhibit) == {"reference"} | set(found) - {"exhibits", "assurance"}
    assert exhibit["reference"] == "JS/1"
    assert exhibit["states"] == found["states"]


def test_the_account_of_one_exhibit(run: "Command", taken: Path) -> None:
    found = run("account", taken, "--exhibit", "JS/1", "--json").json()
    assert found["reference"] == "JS/1"
    assert [e["reference"] for e in found["exhibits"]] == ["JS/1"]
    assert run("account", taken, "--exhibit", "JS/1").out.startswith("Exhibit JS/1\n")
    unknown = run("account", taken, "--exhibit", "JS/7")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == "everyframe: the case has no exhibit JS/7; it has JS/1\n"


def test_an_empty_case_has_an_account_that_balances(run: "Command", tmp_path: Path) -> None:
    run("case", "create", tmp_path / "c", "--number", "1")
    found = run("account", tmp_path / "c", "--json").json()
    assert (found["listed"], found["balanced"], found["exhibits"]) == (0, True, [])
    assert (
        run("account", tmp_path / "c").out.splitlines()[-1] == "0 files listed, 0 accounted for: the account balances"
    )


PLANTED = [
    "DELETE FROM media_file WHERE id = (SELECT max(id) FROM media_file)",
    "UPDATE listing SET files = files + 1 WHERE id = 1",
    "UPDATE listing SET bytes = bytes - 1 WHERE id = 1",
    "UPDATE media_file SET size = size + 1 WHERE id = 1",
    "UPDATE media_file SET outcome = 'lost' WHERE id = 3",
    "UPDATE media SET outcome = 'lost' WHERE id = 3",
]


@pytest.mark.parametrize("statement", PLANTED)
def test_an_account_that_does_not_balance_is_an_error(run: "Command", taken: Path, statement: str) -> None:
    damage(taken, statement)
    shown = run("account", taken)
    assert shown.code == 12
    assert "DOES NOT BALANCE" in shown.out
    assert "Do not rely on this case; run: everyframe verify" in shown.err
    scripted = run("account", taken, "--json")
    assert (scripted.code, scripted.json()["balanced"]) == (12, False)
    assert run("verify", taken).code == 13


def test_warnings_as_text(run: "Command", taken: Path) -> None:
    shown = run("warnings", taken)
    assert shown.code == 0
    head = f"damaged (1): {MEANING[WarningCode.DAMAGED]}\n  JS/1: cut.jpg ["
    assert head in shown.out
    assert re.search(r"JS/1: cut.jpg \[\d\]\n    Premature end of JPEG file\n", shown.out)
    assert shown.out.endswith("\n3 warnings\n")


def test_warnings_as_scripts_read_them(run: "Command", taken: Path) -> None:
    found = run("warnings", taken, "--json").json()
    fields = {"id", "code", "reason", "stage", "exhibit", "path", "media_file_id", "media_id", "files", "at", "retries"}
    assert all(set(w) == fields for w in found)
    assert {w["path"]: w["code"] for w in found} == {
        "cut.jpg": "damaged",
        "only a header.jpg": "decode-failed",
        "broken.zip": "archive-broken",
    }
    assert {w["files"] for w in found} == {1}
    assert all(w["reason"] for w in found)


def test_warnings_of_one_kind_or_exhibit(run: "Command", taken: Path) -> None:
    assert [w["path"] for w in run("warnings", taken, "--code", "damaged", "--json").json()] == ["cut.jpg"]
    assert len(run("warnings", taken, "--exhibit", "JS/1", "--json").json()) == 3
    assert run("warnings", taken, "--code", "quarantined").out == "0 warnings\n"
    unknown = run("warnings", taken, "--code", "bad")
    assert unknown.code == 2
    assert "'bad' is not one of" in unknown.err


def test_the_digest_is_the_last_line(run: "Command", taken: Path) -> None:
    shown = run("digest", taken)
    assert shown.code == 0
    assert re.fullmatch(r"[0-9a-f]{64}\n", shown.out)
    assert run("digest", taken, "--json").json() == {"digest": shown.out.strip()}


def test_verify_counts_what_it_checked_and_gives_the_head(run: "Command", taken: Path) -> None:
    shown = run("verify", taken)
    assert shown.code == 0
    assert re.search(r"^audit records +\d+$", shown.out, re.MULTILINE)
    assert re.fullmatch(r"head \d+:[0-9a-f]{64}", shown.out.splitlines()[-1])
    found = run("verify", taken, "--json").json()
    assert set(found) == {"verified", "head", "checked", "problems"}
    assert (found["verified"], found["problems"]) == (True, [])
    assert found["checked"]["previews"] > 0
    assert found["checked"]["files"] == 25
    assert run("verify", taken, "--no-previews", "--json").json()["checked"]["previews"] == 0


def test_a_head_that_was_noted_is_looked_for(run: "Command", taken: Path) -> None:
    noted = run("verify", taken, "--json").json()["head"]
    assert run("set", taken, "look.min-ms", "700").code == 0
    assert run("verify", taken, "--head", noted).code == 0
    for false in (noted[:-1] + ("0" if noted[-1] != "0" else "1"), "999" + noted, "nonsense"):
        refused = run("verify", taken, "--head", false)
        assert refused.code == 13
        assert "is not in this audit" in refused.out


SPOILT = {
    "an audit record changed": "UPDATE audit SET body = replace(body, 'JS/1', 'JS/2') WHERE action = 'intake.start'",
    "another person named": "UPDATE audit SET actor = 'nobody' WHERE seq = 2",
    "an audit record taken away": "DELETE FROM audit WHERE seq = 3",
    "the newest records cut off": "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
    "a content exchanged": "UPDATE media SET sha256 = zeroblob(32) WHERE id = 5",
    "a file given another content": "UPDATE media_file SET media_id = 2 WHERE media_id = 3",
    "marked as looked at without a look": "UPDATE media SET looked = 1 WHERE id = 4",
    "a look that nobody had": "INSERT INTO look VALUES (1, 'x', 4, 'a', '2026', 900, 900, 9000, 1, 0, 'viewer')",
    "a preview that is gone": "DELETE FROM preview WHERE media_id = 1 AND role = 'grid'",
    "a job that is gone": "UPDATE media_file SET outcome = 'pending' WHERE id = 2",
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_spoilt_is_found(run: "Command", taken: Path, what: str) -> None:
    damage(taken, SPOILT[what])
    shown = run("verify", taken)
    assert shown.code == 13, what
    assert "WRONG  " in shown.out
    assert "keep the case as it is" in shown.err
    scripted = run("verify", taken, "--json").json()
    assert scripted["verified"] is False
    assert scripted["problems"]


def test_a_spoilt_preview_is_found_unless_previews_are_left_out(run: "Command", taken: Path) -> None:
    pack = taken / "previews" / "00001.pack"
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    assert run("verify", taken).code == 13
    assert run("verify", taken, "--no-previews").code == 0
    shutil.rmtree(taken / "previews")
    assert "preview pack 1 cannot be read" in run("verify", taken).out

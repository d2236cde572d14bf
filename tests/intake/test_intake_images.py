"""Disk images taken in: the account of the folder, deleted files beside it, and every byte that nobody could read."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from tests.conftest import Command
from tests.disk.making import CONTAINERS, FILE_SYSTEMS, empty, partitioned, tool
from tests.intake.killing_listers import dying_lister, hanging_lister, lying_lister
from tests.intake.taking_in import account, codes, digest, fresh_case, states, take_in
from tests.intake.test_kill import kill_and_resume

from everyframe.errors import EvidenceError, ExhibitError
from everyframe.intake import image_lister
from everyframe.intake.image_lister import inspect_image, list_volume
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.model.states import State
from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.image_schema import image as image_table
from everyframe.store.image_schema import recovered, volume
from everyframe.store.verify import verify
from everyframe.testing.exhibits import jpeg, quick_exhibit

if TYPE_CHECKING:
    from everyframe.model.warning import Problem


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("seized") / "files"
    quick_exhibit(top, pictures=40)
    return top


@pytest.fixture(scope="module")
def raw(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an ext2 image of the folder, with one more picture that was deleted."""
    image = tmp_path_factory.mktemp("raw") / "disk.dd"
    FILE_SYSTEMS["ext2"](folder, image)
    extra = image.with_name("extra.jpg")
    extra.write_bytes(jpeg(4711))
    tool("debugfs", "-w", "-R", f"write {extra} gone.jpg", image)
    tool("debugfs", "-w", "-R", "rm gone.jpg", image)
    return image


def by_state(case: Case) -> dict[str, int]:
    return {state.value: tally.files for state, tally in account(case).states.items()}


def test_folder_raw_and_e01_have_the_same_account(folder: Path, raw: Path, tmp_path: Path) -> None:
    found, digests = {}, {}
    e01 = CONTAINERS["E01, compressed, split"](raw, tmp_path)
    for name, source in (("folder", folder), ("raw", raw), ("e01", e01)):
        with fresh_case(tmp_path / name) as case:
            take_in(case, source)
            assert account(case).balanced
            assert verify(case).problems == []
            found[name], digests[name] = states(case), digest(case)
    assert found["raw"] == found["e01"]
    assert digests["raw"] == digests["e01"]
    assert found["raw"].pop("gone.jpg") == State.REMAINING
    assert found["raw"] == found["folder"]


def test_what_is_known_of_a_deleted_file_is_kept(raw: Path, tmp_path: Path) -> None:
    with fresh_case(tmp_path / "case") as case:
        take_in(case, raw)
        joined = recovered.join(schema.media_file, schema.media_file.c.id == recovered.c.media_file_id)
        with case.database.read() as connection:
            (row,) = connection.execute(select(schema.media_file, recovered).select_from(joined)).all()
    assert (row.display, row.provenance, row.state) == ("gone.jpg", "deleted", "intact")
    assert (row.deleted, row.unallocated) == (True, True)
    assert raw.read_bytes()[row.physical_location :].startswith(jpeg(4711)[:64])


def test_bytes_that_nobody_can_read_are_in_the_account(raw: Path, tmp_path: Path, run: Command) -> None:
    blank = empty(tmp_path / "blank.dd", 3 << 20)
    disk = partitioned([raw, blank], tmp_path / "disk.dd")
    whole = disk.stat().st_size
    os.truncate(disk, whole - (4 << 20))
    with fresh_case(tmp_path / "case") as case:
        take_in(case, disk)
        found = account(case)
        assert found.balanced
        assert [(u.exhibit, u.offset) for u in found.unread] == [("JS/1", 17 << 20), ("JS/1", whole - (4 << 20))]
        assert found.unread_bytes == sum(u.size for u in found.unread) > 3 << 20
        assert codes(case)[""] == ["volume-unreadable", "volume-unreadable"]
    said = run("account", tmp_path / "case", "--json").json()
    assert said["unread_bytes"] == found.unread_bytes
    assert said["exhibits"][0]["unread"][0]["size"] == 3 << 20
    assert "unread: JS/1: 3,145,728 bytes at 17,825,792" in run("account", tmp_path / "case").out


def test_a_locked_volume_is_said_and_opens_with_its_key(folder: Path, tmp_path: Path, run: Command) -> None:
    plain, locked = tmp_path / "plain.dd", tmp_path / "locked.img"
    FILE_SYSTEMS["ext4"](folder, plain)
    secret = ("--object", "secret,id=s,data=correct horse")
    convert = ("qemu-img", "convert", *secret, "-f", "raw", "-O", "luks", "-o", "key-secret=s,iter-time=100")
    for _ in range(10):  # on a busy machine it finds no time to count its own
        done = subprocess.run([*convert, plain, locked], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    keys = tmp_path / "keys.txt"
    keys.write_text("# of the stick\npassword wrong\npassword correct horse\n")
    shut = run("exhibit", "inspect", locked, "--json")
    assert shut.code == 1
    assert [(v["kind"], v["state"], v["size"]) for v in shut.json()["volumes"]] == [
        ("LUKS", "locked", locked.stat().st_size)
    ]
    case = tmp_path / "case"
    assert run("case", "create", case, "--number", "1").code == 0
    environment = os.environ | {"EVERYFRAME_KEYS": str(keys)}
    command = ["intake", str(case), str(locked), "--exhibit", "JS/1", "--workers", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "everyframe", *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    again = run(*command)
    assert again.code == 9
    assert "--keys" in again.err
    with Case(case) as opened:
        assert account(opened).unread == ()
        assert states(opened)["notes.txt"] == State.NOT_MEDIA
    assert not any(b"correct horse" in p.read_bytes() for p in case.rglob("*") if p.is_file())


def test_the_hash_that_an_image_stores_is_verified(raw: Path, tmp_path: Path, run: Command) -> None:
    e01 = CONTAINERS["E01, uncompressed"](raw, tmp_path)
    sound = run("exhibit", "inspect", e01, "--verify", "--json").json()
    assert sound["verified"] == "as stored (MD5)"
    assert sound["hashes"]["md5"] == sound["digests"]["md5"]
    data = bytearray(e01.read_bytes())
    at = data.rindex(bytes.fromhex(sound["hashes"]["md5"]))
    data[at] ^= 1
    other = tmp_path / "other.E01"
    other.write_bytes(data)
    with fresh_case(tmp_path / "case") as case:
        request = IntakeRequest(sources=(other,), exhibit="JS/1", actor="t", workers=2, verify=True)
        with case.seat("intake", purpose="test"):
            Intake(case, request).run()
        assert "image-hash-differs" in codes(case)[""]
        with case.database.read() as connection:
            said = json.loads(connection.execute(select(image_table.c.verified)).scalar_one())
        assert said["digests"]["md5"] == sound["digests"]["md5"]


def test_a_lister_that_dies_leaves_what_it_had_found(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems: list[Problem] = []
    whole = [e.path for e in list_volume(os.fsencode(raw), "", problems, lambda: False)]
    disk = partitioned([raw] * 3, tmp_path / "disk.dd")
    before = [e.path for e in list_volume(os.fsencode(disk), "p2", problems, lambda: False)]
    assert problems == []
    assert [p.removeprefix(b"p2/") for p in before] == whole
    monkeypatch.setattr("tests.intake.killing_listers.DEADLY", b"IMG_0020")
    found = [e.path for e in list_volume(os.fsencode(raw), "", problems, lambda: False, _deadly_at_20)]
    assert found == whole[: whole.index(b"DCIM/101/IMG_0020.JPG")]
    assert [p.code for p in problems] == ["volume-damaged"]
    assert "ended by signal 11" in problems[0].reason
    assert f"{len(found)} entries" in problems[0].reason


def _deadly_at_20(connection, path, task, key, skip, part) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    from tests.intake import killing_listers

    killing_listers.DEADLY = b"IMG_0020"
    dying_lister(connection, path, task, key, skip, part)


def test_a_lister_that_hangs_or_lies_is_ended(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_lister, "PATIENCE_SECONDS", 0.3)
    problems: list[Problem] = []
    assert list(list_volume(os.fsencode(raw), "", problems, lambda: False, hanging_lister)) == []
    assert "no sign of progress" in problems[0].reason
    with pytest.raises(EvidenceError, match="no sign of progress"):
        inspect_image(os.fsencode(raw), hanging_lister)
    monkeypatch.undo()
    problems.clear()
    assert list(list_volume(os.fsencode(raw), "", problems, lambda: False, lying_lister)) == []
    assert "two processes that listed it ended" in problems[0].reason


def test_an_image_within_a_folder_is_listed_and_said(raw: Path, tmp_path: Path) -> None:
    inside = tmp_path / "seized"
    inside.mkdir()
    e01 = CONTAINERS["E01, uncompressed"](raw, inside)
    with fresh_case(tmp_path / "case") as case:
        take_in(case, inside)
        assert states(case)[e01.name] == State.NOT_MEDIA
        assert codes(case)[e01.name] == ["image-inside"]


def test_an_image_that_is_not_read_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "disk.ad1"
    path.write_bytes(b"ADSEGMENTEDFILE".ljust(4096, b"\0"))
    with fresh_case(tmp_path / "case") as case:
        with pytest.raises(ExhibitError, match="AD1"):
            take_in(case, path)
        assert account(case).exhibits == ()


def test_an_image_that_changed_is_said(raw: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.dd"
    copy.write_bytes(raw.read_bytes())
    with fresh_case(tmp_path / "case") as case:
        request = IntakeRequest(sources=(copy,), exhibit="JS/1", actor="t", workers=1)
        with case.seat("intake", purpose="test"):
            intake = Intake(case, request, tell=lambda s: os.utime(copy, (1, 1)) if s.phase == "intake" else None)
            intake.run()
        assert "source-changed" in codes(case)[""]


def test_every_image_of_the_corpora_is_taken_in(corpora: Path, tmp_path: Path) -> None:
    refused = {"ext2.split.E02", "ext2.splitraw.001", "fat-differential.vhd"}
    for path in sorted((corpora / "disk").iterdir()):
        if path.name in refused:
            with pytest.raises(EvidenceError):
                inspect_image(os.fsencode(path))
            continue
        layout = inspect_image(os.fsencode(path))
        assert layout is not None
        assert layout.problems == (), path.name
        problems: list[Problem] = []
        found = [
            e.path.decode().lower()
            for v in layout.volumes
            if v.readable
            for e in list_volume(os.fsencode(path), v.key, problems, lambda: False)
        ]
        assert problems == []
        assert any(p.endswith("passwords.txt") for p in found), path.name


def test_a_migration_makes_the_tables_in_a_case_that_lacks_them(tmp_path: Path) -> None:
    with fresh_case(tmp_path / "case") as case, case.database.write() as connection:
        for table in (recovered, volume, image_table):
            table.drop(connection)
        connection.execute(schema.migration.delete().where(schema.migration.c.name == "0004-images"))
    with Case(tmp_path / "case") as case, case.database.read() as connection:
        assert connection.execute(select(volume)).all() == []


def kills(raw: Path, tmp_path: Path, points: int) -> None:
    import random
    import time

    e01 = CONTAINERS["E01, uncompressed"](raw, tmp_path)
    began = time.monotonic()
    with fresh_case(tmp_path / "whole") as case:
        take_in(case, e01)
        expected = digest(case)
    seconds = time.monotonic() - began
    rng = random.Random(points)
    for n in range(points):
        found, _ = kill_and_resume(tmp_path / f"c{n}", e01, [rng.uniform(0.3, 0.6 + seconds)])
        assert found == expected, f"round {n}"


def test_killed_at_two_random_points_of_an_image(raw: Path, tmp_path: Path) -> None:
    kills(raw, tmp_path, 2)


@pytest.mark.soak
def test_killed_at_twenty_random_points_of_an_image(raw: Path, tmp_path: Path) -> None:
    kills(raw, tmp_path, 20)


def test_lost_files_are_carved_and_kept_with_their_place(tmp_path: Path) -> None:
    """Pictures in a gap between partitions, behind the end of a live file, and in a volume of no known kind."""
    blank = empty(tmp_path / "blank.dd", 4 << 20)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "live.jpg").write_bytes(jpeg(1))
    ext2 = tmp_path / "ext2.dd"
    FILE_SYSTEMS["ext2"](tree, ext2)
    disk = partitioned([ext2, blank], tmp_path / "disk.dd")
    os.truncate(disk, 32 << 20)
    places = {(10 << 20) + 4096: jpeg(2), (18 << 20) + 512: jpeg(3), 28 << 20: jpeg(4)}
    with disk.open("r+b") as stream:
        for place, data in places.items():
            stream.seek(place)
            stream.write(data)
    with fresh_case(tmp_path / "case") as case:
        take_in(case, disk)
        assert account(case).balanced
        assert verify(case).problems == []
        joined = recovered.join(schema.media_file, schema.media_file.c.id == recovered.c.media_file_id)
        with case.database.read() as connection:
            rows = connection.execute(select(schema.media_file, recovered).select_from(joined)).all()
        found = states(case)
    assert {r.physical_location: r.size for r in rows} == {place: len(data) for place, data in places.items()}
    assert {(r.provenance, r.state, r.deleted, r.unallocated) for r in rows} == {("carved", "intact", False, True)}
    assert {found[r.display] for r in rows} == {State.REMAINING}
    assert found["p1/live.jpg"] == State.REMAINING
    assert len(found) == 4

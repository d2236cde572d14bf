"""Intake of real folders: what is found, that it is found once, and that nothing is lost on the way."""

import os
import shutil
import socket
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.intake.taking_in import account, codes, digest, fresh_case, states, take_in

from everyframe.errors import ExhibitError, SourceKnown, UsageError
from everyframe.intake import plan
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.intake.worker import WorkerLimits
from everyframe.model.states import State
from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import jpeg, quick_exhibit

F, M = schema.media_file, schema.media


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    directory = tmp_path_factory.mktemp("exhibit")
    return directory, quick_exhibit(directory)


def test_every_file_is_in_the_state_it_should_be_in(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    folder, expected = exhibit
    result = take_in(case, folder)
    assert result.done
    found = states(case)
    assert {k: v for k, v in found.items() if k in expected} == expected
    inside = {k: v for k, v in found.items() if k not in expected}
    assert inside == {
        **{f"pictures.zip/in/{n}.png": "remaining" for n in range(5)},
        "nested.zip/inner.zip": "not-media",
        "nested.zip/inner.zip/deep.png": "remaining",
        "broken.zip/a.png": "remaining",
    }
    whole = account(case)
    assert whole.balanced
    assert whole.listed == len(found)
    assert whole.states[State.REMAINING].files == sum(v == "remaining" for v in found.values())
    assert verify(case).problems == []


def test_warnings_name_what_is_wrong_and_with_which_file(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    take_in(case, exhibit[0])
    assert codes(case) == {
        "cut.jpg": ["damaged"],
        "only a header.jpg": ["decode-failed"],
        "broken.zip": ["archive-broken"],
    }


def test_equal_content_is_analysed_once_and_is_one_media(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    result = take_in(case, exhibit[0])
    assert result.snapshot.stages["duplicate"] >= 1
    with case.database.read() as connection:
        row = connection.execute(
            select(M).join(F, F.c.media_id == M.c.id).where(F.c.display == "copy of the first.jpg")
        ).one()
        names = connection.execute(select(F.c.display).where(F.c.media_id == row.id).order_by(F.c.id)).scalars().all()
    assert names == ["DCIM/100/IMG_0000.JPG", "copy of the first.jpg"]
    assert row.occurrences == 2


def test_a_wrong_name_is_a_stored_fact(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    take_in(case, exhibit[0])
    with case.database.read() as connection:
        rows = connection.execute(select(F.c.display, F.c.mime).where(F.c.name_disagrees)).all()
    assert ("really a picture.txt", "image/jpeg") in rows
    assert "DCIM/100/IMG_0000.JPG" not in [r[0] for r in rows]


def test_the_digest_does_not_depend_on_workers_or_on_the_run(
    tmp_path: Path, exhibit: tuple[Path, dict[str, str]]
) -> None:
    found = set()
    for n, workers in enumerate((1, 2, 3)):
        with fresh_case(tmp_path / f"c{n}") as case:
            take_in(case, exhibit[0], workers=workers)
            found.add(digest(case))
    assert len(found) == 1


def test_the_digest_changes_with_any_byte_of_the_exhibit(tmp_path: Path, exhibit: tuple[Path, dict[str, str]]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(exhibit[0], copy)
    digests = []
    for n in range(2):
        with fresh_case(tmp_path / f"c{n}") as case:
            take_in(case, copy)
            digests.append(digest(case))
        path = copy / "notes.txt"
        status = path.stat()
        path.write_bytes(path.read_bytes().replace(b"milk", b"cork"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert digests[0] != digests[1]


def test_stages_run_later_give_the_same_as_all_at_once(tmp_path: Path, exhibit: tuple[Path, dict[str, str]]) -> None:
    with fresh_case(tmp_path / "steps") as steps, fresh_case(tmp_path / "whole") as whole:
        take_in(steps, exhibit[0], stages=("pdq",))
        assert account(steps).states[State.PENDING].files > 0
        assert account(steps).balanced
        take_in(steps, exhibit[0], stages=("metadata",))
        take_in(steps, exhibit[0])
        take_in(whole, exhibit[0])
        assert states(steps) == states(whole)
        assert digest(steps) == digest(whole)
        assert verify(steps).problems == []


def test_the_same_source_again_is_recognised(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    take_in(case, exhibit[0])
    before = digest(case)
    again = take_in(case, exhibit[0])
    assert (again.done, again.fresh) == (True, False)
    assert digest(case) == before


def test_the_same_source_under_another_name_is_refused(
    case: Case, exhibit: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    take_in(case, exhibit[0])
    link = tmp_path / "link"
    link.symlink_to(exhibit[0])
    for path in (exhibit[0], link, exhibit[0] / "DCIM", exhibit[0].parent):
        with pytest.raises(SourceKnown, match="nothing is taken in twice"):
            take_in(case, path, exhibit="JS/2")
    with pytest.raises(SourceKnown, match="named twice"):
        take_in(case, tmp_path, tmp_path / "case" / "..", exhibit="JS/3")
    assert account(case).listed == len(states(case))


def test_another_stick_at_the_same_place_is_taken_in_when_a_person_says_so(case: Case, tmp_path: Path) -> None:
    place = tmp_path / "stick"
    quick_exhibit(place, pictures=3)
    take_in(case, place)
    for name in ("notes.txt", "cut.jpg"):
        (place / name).unlink()
    with pytest.raises(SourceKnown, match="--another"):
        take_in(case, place, exhibit="JS/2")
    for _ in range(2):  # the same command again goes on with the same source
        request = IntakeRequest(sources=(place,), exhibit="JS/2", actor="t", workers=1, another=True)
        Intake(case, request).run()
    first, second = account(case).exhibits
    assert first.listed - second.listed == 2
    assert account(case).balanced


def test_two_exhibits_share_their_media(case: Case, exhibit: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(exhibit[0] / "DCIM/100/IMG_0003.JPG", other / "again.jpg")
    take_in(case, exhibit[0])
    take_in(case, other, exhibit="JS/2")
    whole = account(case)
    assert whole.balanced
    assert [e.reference for e in whole.exhibits] == ["JS/1", "JS/2"]
    assert whole.exhibits[1].listed == 1
    assert whole.media == whole.exhibits[0].media


def test_the_case_itself_is_no_source(case: Case) -> None:
    for path in (case.directory, case.directory / "previews"):
        with pytest.raises(ExhibitError, match="within the case"):
            take_in(case, path)


def test_sources_that_are_not_there_are_said(case: Case, tmp_path: Path) -> None:
    with pytest.raises(ExhibitError, match="No such file"):
        take_in(case, tmp_path / "nothing")
    with pytest.raises(UsageError, match="no stage 'guess'; the stages are preview, pdq"):
        take_in(case, tmp_path, stages=("guess",))


def test_links_sockets_and_pipes_are_listed_and_never_followed(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "good.jpg").write_bytes(jpeg(1))
    (folder / "out").symlink_to(tmp_path / "secret.jpg")
    (folder / "around").symlink_to(folder)
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        (tmp_path / "secret.jpg").write_bytes(jpeg(2))
        take_in(case, folder)
    found = states(case)
    assert found == {
        "good.jpg": "remaining",
        "out": "not-media",
        "around": "not-media",
        "pipe.jpg": "not-media",
        "socket": "not-media",
    }


def test_a_file_that_vanished_after_the_listing_is_a_warning(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "moving"
    quick_exhibit(folder, pictures=5)
    vanished = folder / "notes.txt"
    listed = plan.list_source

    def list_and_remove(*arguments: object, **named: object) -> None:
        listed(*arguments, **named)  # type: ignore[arg-type]
        vanished.unlink()

    monkeypatch.setattr("everyframe.intake.lister.list_source", list_and_remove)
    take_in(case, folder)
    assert states(case)["notes.txt"] == "unreadable"
    found = codes(case)
    assert found["notes.txt"] == ["unreadable-file"]
    assert found[""] == ["source-changed"]
    assert account(case).balanced


def test_a_source_that_goes_away_stops_the_run_and_loses_nothing(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, away = tmp_path / "stick", tmp_path / "pulled out"
    quick_exhibit(folder, pictures=60)
    listed = plan.list_source

    def list_and_unplug(*arguments: object, **named: object) -> None:
        listed(*arguments, **named)  # type: ignore[arg-type]
        folder.rename(away)

    monkeypatch.setattr("everyframe.intake.lister.list_source", list_and_unplug)
    with pytest.raises(ExhibitError, match="is gone; connect it again"):
        take_in(case, folder)
    assert account(case).balanced
    assert account(case).states[State.UNREADABLE].files == 0
    away.rename(folder)
    take_in(case, folder)
    assert set(states(case).values()) == {"remaining", "not-media", "unreadable"}
    assert account(case).states[State.UNREADABLE].files == 2


def test_a_listing_cut_short_is_made_anew(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "long"
    quick_exhibit(folder, pictures=30)
    from everyframe.store import files

    monkeypatch.setattr(files, "CHUNK", 7)
    calls: list[int] = []
    real = files.add_chunk

    def dies(*arguments: object, **named: object) -> tuple[int, int]:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "add_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        take_in(case, folder)
    assert account(case).listed == 14
    assert account(case).balanced
    assert not account(case).complete
    take_in(case, folder)
    assert account(case).complete
    assert account(case).balanced
    assert len(states(case)) == account(case).listed


def test_asked_to_stop_it_stores_what_it_has_and_goes_on_later(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    quick_exhibit(folder, pictures=150)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        with case.database.read() as connection:
            return bool(connection.execute(select(func.count()).select_from(M)).scalar_one())

    request = IntakeRequest(sources=(folder,), exhibit="A", actor="t", workers=2)
    first = Intake(case, request, stop=stop).run()
    assert not first.done
    assert account(case).states[State.PENDING].files > 0
    assert account(case).balanced
    assert verify(case).problems == []
    second = Intake(case, request).run()
    assert second.done
    assert first.snapshot.files_done + second.snapshot.files_done >= 150
    with fresh_case(tmp_path / "whole") as whole:
        take_in(whole, folder, exhibit="A")
        assert digest(whole) == digest(case)


def test_archives_deeper_than_the_limit_are_warnings(case: Case, exhibit: tuple[Path, dict[str, str]]) -> None:
    request = IntakeRequest(sources=(exhibit[0],), exhibit="A", actor="t", limits=WorkerLimits(depth=1))
    Intake(case, request).run()
    assert states(case)["nested.zip/inner.zip"] == "unreadable"
    assert codes(case)["nested.zip/inner.zip"] == ["archive-depth"]
    assert "nested.zip/inner.zip/deep.png" not in states(case)

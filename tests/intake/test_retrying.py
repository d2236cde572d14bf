"""Reading again what left a Warning: more is taken in, nothing is lost, and the account follows."""

from __future__ import annotations

import shutil
import struct
import uuid
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.intake import killing_workers
from tests.intake.taking_in import account, codes, fresh_case, states, take_in

from everyframe.analysis import Limits
from everyframe.errors import DecisionError
from everyframe.evidence.archive import ArchiveLimits
from everyframe.intake.retrying import LIMITS, Retries
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.intake.worker import WorkerLimits
from everyframe.model.retry import Manner
from everyframe.review.again import ask, manners_of
from everyframe.store import retries, warnings
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import _png, _zip, jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def spoilt_jpeg(seed: int = 5) -> bytes:
    """Spoil the first segment's marker: libjpeg and Pillow give up on it, FFmpeg goes on."""
    whole = jpeg(seed, 320, 240)
    return whole[:3] + bytes([whole[3] ^ 0xFF]) + whole[4:]


def spoilt_png() -> bytes:
    """Spoil the checksum of the header."""
    whole = _png(7)
    return whole[:29] + struct.pack(">I", zlib.crc32(whole[12:29]) ^ 0xFFFF) + whole[33:]


def broken_exhibit(folder: Path) -> Path:
    folder.mkdir()
    (folder / "good.jpg").write_bytes(jpeg(1, 320, 240))
    (folder / "spoilt.jpg").write_bytes(spoilt_jpeg())
    (folder / "copy of spoilt.jpg").write_bytes(spoilt_jpeg())
    (folder / "spoilt.png").write_bytes(spoilt_png())
    (folder / "cut.jpg").write_bytes(jpeg(2, 320, 240)[:6000])
    (folder / "only a header.jpg").write_bytes(jpeg(3)[:20])
    return folder


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a case of damaged files; its exhibit is changed by nobody."""
    here = tmp_path_factory.mktemp("broken")
    with fresh_case(here / "case") as made:
        take_in(made, broken_exhibit(here / "stick"))
    return here / "case"


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Iterator[Case]:
    shutil.copytree(template, tmp_path / "copy")
    with Case(tmp_path / "copy") as opened:
        yield opened


@pytest.fixture
def exhibit(tmp_path: Path) -> Path:
    return broken_exhibit(tmp_path / "stick")


@pytest.fixture
def own(tmp_path: Path, exhibit: Path) -> Iterator[Case]:
    """Give a case whose exhibit may be changed."""
    with fresh_case(tmp_path / "own") as opened:
        take_in(opened, exhibit)
        yield opened


def wish(case: Case, path: str, manner: str = "", code: str = "") -> int:
    """Ask for the file with this path to be read again; gives the Warning."""
    with case.database.read() as connection:
        found = [w for w in warnings.read_warnings(connection, code=code) if w.path == path]
    assert found, path
    ask(case, found[0].id, manner, op=uuid.uuid4().hex, actor="ada")
    return found[0].id


def again(case: Case, **limits: WorkerLimits) -> dict[str, tuple[str, str]]:
    """Work the wishes off; gives path → (outcome, words)."""
    own = {**LIMITS, **{Manner(name): one for name, one in limits.items()}}
    with case.seat("intake", purpose="test"):
        done = Retries(case, workers=1, limits=own).run()
    return {d.path: (str(d.outcome), d.words) for d in done}


def all_warnings(case: Case) -> list[tuple[int, str, str]]:
    with case.database.read() as connection:
        return [(w.id, w.code, w.reason) for w in warnings.read_warnings(connection)]


def test_another_decoder_shows_what_the_usual_one_could_not(case: Case) -> None:
    assert {p: s for p, s in states(case).items() if "spoilt" in p} == {
        "spoilt.jpg": "unreadable", "copy of spoilt.jpg": "unreadable", "spoilt.png": "unreadable"
    }  # fmt: skip
    before = all_warnings(case)
    wish(case, "copy of spoilt.jpg")
    wish(case, "spoilt.png", "decoder")
    came = again(case)
    assert {p: o for p, (o, _) in came.items()} == {"copy of spoilt.jpg": "shown", "spoilt.png": "shown"}
    assert "FFmpeg" in came["spoilt.png"][1]
    found = states(case)
    assert found["spoilt.jpg"] == found["copy of spoilt.jpg"] == found["spoilt.png"] == "remaining"
    assert account(case).balanced
    assert all_warnings(case)[: len(before)] == before
    assert verify(case).problems == []


def test_a_damaged_picture_keeps_its_preview_and_gets_the_other_decoders_beside_it(case: Case) -> None:
    wish(case, "cut.jpg")
    assert again(case)["cut.jpg"][0] == "beside"
    assert states(case)["cut.jpg"] == "remaining"
    with case.database.read() as connection:
        roles = connection.exec_driver_sql(
            "SELECT role FROM preview JOIN media_file ON media_file.media_id = preview.media_id "
            "WHERE display = 'cut.jpg' ORDER BY role"
        ).scalars()
        assert list(roles) == ["grid", "other", "viewer"]
    assert verify(case).problems == []


def test_what_no_decoder_can_show_stays_unreadable_and_says_so(case: Case) -> None:
    ident = wish(case, "only a header.jpg")
    outcome, words = again(case)["only a header.jpg"]
    assert outcome == "failed"
    assert words
    assert states(case)["only a header.jpg"] == "unreadable"
    with case.database.read() as connection:
        (told,) = retries.told(connection, [ident])[ident]
    assert (told.outcome, told.actor, told.manner) == ("failed", "ada", "decoder")
    assert verify(case).problems == []


def test_a_file_that_can_be_read_by_now_is_taken_in(tmp_path: Path, exhibit: Path) -> None:
    hidden = exhibit / "locked.jpg"
    hidden.write_bytes(jpeg(9))
    with fresh_case(tmp_path / "other") as case:
        request = IntakeRequest(sources=(exhibit,), exhibit="A", actor="t", workers=1)
        aside = tmp_path / "aside.jpg"
        with case.seat("intake", purpose="test"):
            run = Intake(case, request)
            run._prepare()  # the listing stands, then the file vanishes
            hidden.rename(aside)
            Intake(case, request).run()
        assert codes(case)["locked.jpg"] == ["unreadable-file"]
        aside.rename(hidden)
        wish(case, "locked.jpg", code="unreadable-file")
        assert again(case)["locked.jpg"][0] == "shown"
        assert states(case)["locked.jpg"] == "remaining"
        assert account(case).balanced
        assert verify(case).problems == []


def test_larger_limits_open_what_a_limit_kept_closed(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "wide.jpg").write_bytes(jpeg(4, 640, 480))
    (folder / "many.zip").write_bytes(_zip({f"{n}.png": _png(60 + n) for n in range(6)}))
    (folder / "deep.zip").write_bytes(_zip({"in.zip": _zip({"deeper.zip": _zip({"x.png": _png(80)})})}))
    small = WorkerLimits(analysis=Limits(max_pixels=100_000), archives=ArchiveLimits(members=3), depth=2)
    with fresh_case(tmp_path / "case") as case:
        with case.seat("intake", purpose="test"):
            Intake(case, IntakeRequest(sources=(folder,), exhibit="A", actor="t", workers=1, limits=small)).run()
        assert codes(case) == {
            "wide.jpg": ["pixel-limit"], "many.zip": ["archive-limit"], "deep.zip/in.zip/deeper.zip": ["archive-depth"]
        }  # fmt: skip
        listed = account(case).listed
        for path in codes(case):
            wish(case, path)
        came = again(case)
        assert {p: o for p, (o, _) in came.items()} == {
            "wide.jpg": "shown", "many.zip": "more", "deep.zip/in.zip/deeper.zip": "more"
        }  # fmt: skip
        found = states(case)
        assert found["wide.jpg"] == found["many.zip/5.png"] == found["deep.zip/in.zip/deeper.zip/x.png"] == "remaining"
        assert found["many.zip"] == "not-media"
        assert account(case).listed == listed + 3 + 1
        assert account(case).balanced
        assert verify(case).problems == []


def test_what_killed_its_worker_is_tried_with_more_and_its_copies_follow(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    for name in ("heavy.jpg", "copy.jpg"):
        (folder / name).write_bytes(jpeg(4, 640, 480) + killing_workers.BOMB)
    dying = IntakeRequest(sources=(folder,), exhibit="A", actor="t", workers=1, worker=killing_workers.dying_worker)
    with fresh_case(tmp_path / "case") as case:
        with case.seat("intake", purpose="test"):
            Intake(case, dying).run()
        assert set(states(case).values()) == {"unreadable"}
        wish(case, "heavy.jpg", code="quarantined")
        assert again(case)["heavy.jpg"][0] == "shown"
        assert states(case) == {"heavy.jpg": "remaining", "copy.jpg": "remaining"}
        assert account(case).balanced
        assert verify(case).problems == []


def test_other_bytes_than_were_taken_in_change_nothing(own: Case, exhibit: Path) -> None:
    before = states(own)
    (exhibit / "spoilt.png").write_bytes(_png(1))
    wish(own, "spoilt.png")
    assert again(own)["spoilt.png"][0] == "differs"
    assert states(own) == before
    assert "source-changed" in codes(own)["spoilt.png"]
    assert verify(own).problems == []


def test_a_wish_waits_for_its_source_and_is_done_by_the_next_run(own: Case, exhibit: Path) -> None:
    away = exhibit.with_name("away")
    exhibit.rename(away)
    wish(own, "spoilt.png")
    outcome, words = again(own)["spoilt.png"]
    assert outcome == "None"
    assert "source" in words
    away.rename(exhibit)
    assert again(own)["spoilt.png"][0] == "shown"
    assert again(own) == {}


def test_what_cannot_help_is_not_offered(case: Case) -> None:
    ident = wish(case, "spoilt.png")
    with pytest.raises(DecisionError, match="waits"):
        ask(case, ident, "decoder", op=uuid.uuid4().hex, actor="ada")
    with case.database.read() as connection:
        offered = {w.path: manners_of(connection, [w.id])[w.id] for w in warnings.read_warnings(connection)}
    assert offered["cut.jpg"] == (Manner.DECODER,)
    with pytest.raises(DecisionError, match="decoder, limits"):
        ask(case, ident, "again", op=uuid.uuid4().hex, actor="ada")
    with pytest.raises(DecisionError, match="no warning"):
        ask(case, 10**6, "", op=uuid.uuid4().hex, actor="ada")


def test_a_result_that_somebody_changed_is_found(case: Case) -> None:
    wish(case, "spoilt.png")
    again(case)
    with case.database.write() as connection:
        connection.exec_driver_sql("UPDATE retry_result SET outcome = 'failed'")
    assert any("retry_result" in p for p in verify(case).problems)


def test_a_stopped_run_leaves_the_rest_to_the_next(case: Case) -> None:
    for path in ("spoilt.png", "cut.jpg"):
        wish(case, path)
    with case.seat("intake", purpose="test"):
        assert Retries(case, workers=1, stop=lambda: True).run() == []
    assert len(again(case)) == 2
    assert replace(LIMITS[Manner.AGAIN]) == WorkerLimits()

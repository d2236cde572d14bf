"""Originals handed out: read back from the evidence, held against their digests, gone on with after a stop."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.exchange.exchanging import command, media_of, read, records

from everyframe.exchange import originals
from everyframe.exchange.vics_check import check_document

if TYPE_CHECKING:
    from tests.conftest import Command


def stored(folder: Path) -> dict[str, bytes]:
    """Give the bytes of each original below an export, by MD5 as its path says."""
    top = folder / f"Files.{folder.name}"
    files = [p for p in top.rglob("*") if p.is_file()]
    return {"".join(p.relative_to(top).parts).split(".")[0]: p.read_bytes() for p in files}


@pytest.fixture
def own(run: "Command", seized: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Give a stick that may be changed, and the case that it was taken into."""
    stick = shutil.copytree(seized, tmp_path / "own-stick")
    case = tmp_path / "own"
    assert command("case", "create", case, "--number", "T/4", "--scheme", "projectvic-us") == 0
    assert command("intake", case, stick, "--exhibit", "A", "--workers", "1") == 1
    return stick, case


def test_every_original_lies_beside_the_file(origin: Path, run: "Command", tmp_path: Path) -> None:
    done = run("export", "vics", origin, tmp_path / "out", "--files", "--json")
    assert done.code == 0, done.err
    assert [*check_document(read(tmp_path / "out/out.json"), "2.0", "US")] == []
    media = media_of(tmp_path / "out/out.json")
    found = stored(tmp_path / "out")
    assert {m["MD5"] for m in media.values()} == set(found)
    assert all(hashlib.md5(data).hexdigest().upper() == md5 for md5, data in found.items())
    for entity in media.values():
        path = tmp_path / "out" / entity["RelativeFilePath"].replace("\\", "/")
        assert path.stat().st_size == entity["MediaSize"]
    assert media["deep.png"]["RelativeFilePath"].endswith(".png")
    assert done.json()["originals"]["copied"] == len(found)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["origin", "out"]
    assert records(origin, "export")[0]["originals"]["copied"] == len(found)
    again = run("export", "vics", origin, tmp_path / "out", "--files")
    assert (again.code, "exists already" in again.err) == (2, True)
    refused = run("export", "vics", origin, tmp_path / "set", "--files", "--what", "hashset")
    assert (refused.code, "holds no files" in refused.err) == (2, True)


def test_what_is_missing_or_changed_is_a_warning_and_never_goes_out(
    own: tuple[Path, Path], run: "Command", tmp_path: Path
) -> None:
    stick, case = own
    (stick / "DCIM/100/IMG_0004.JPG").unlink()
    changed = stick / "DCIM/100/IMG_0005.JPG"
    data = bytearray(changed.read_bytes())
    data[-50] ^= 1
    changed.write_bytes(data)
    (stick / "DCIM/100/IMG_0000.JPG").unlink()  # its copy is still there
    done = run("export", "vics", case, tmp_path / "out", "--files", "--json")
    assert (done.code, done.json()["originals"]["missing"]) == (1, 2)
    media = media_of(tmp_path / "out/out.json")
    assert "RelativeFilePath" not in media["IMG_0004.JPG"]
    assert "RelativeFilePath" not in media["IMG_0005.JPG"]
    assert media["IMG_0000.JPG"]["MD5"] in stored(tmp_path / "out")
    assert bytes(data) not in stored(tmp_path / "out").values()
    warnings = run("warnings", case, "--code", "not-exported", "--json").out
    assert "No such file or directory" in warnings
    assert "the bytes are no longer those that were taken in" in warnings
    assert command("verify", case) == 0, "a Warning of an export is none of intake"
    assert run("export", "vics", case, tmp_path / "again", "--files").code == 1
    assert run("warnings", case, "--code", "not-exported", "--json").out == warnings, "told once"


def test_an_export_that_was_stopped_is_gone_on_with(
    origin: Path, run: "Command", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy, calls = originals.Originals.copy, []

    def stopped(self: originals.Originals, content: object) -> str | None:
        calls.append(content)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return copy(self, content)  # type: ignore[arg-type]  # whatever it is

    monkeypatch.setattr(originals.Originals, "copy", stopped)
    assert run("export", "vics", origin, tmp_path / "out", "--files").code == 130
    assert not (tmp_path / "out").exists()
    making = tmp_path / ".out.making"
    first = sorted(p for p in making.rglob("*.JPG"))
    first[0].write_bytes(b"torn by a crash")
    stranger = making / "Files.out" / "AA" / "BB" / ("C" * 28 + ".jpg")
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"of another choice")
    monkeypatch.undo()
    os.environ["EVERYFRAME_ACTOR"] = "tester@test"
    done = run("export", "vics", origin, tmp_path / "out", "--files", "--json")
    assert done.code == 0, done.err
    assert done.json()["originals"]["there already"] == 4
    found = stored(tmp_path / "out")
    assert all(hashlib.md5(data).hexdigest().upper() == md5 for md5, data in found.items())
    assert len(records(origin, "export")) == 1


def test_the_process_that_reads_may_die(
    origin: Path, monkeypatch: pytest.MonkeyPatch, run: "Command", tmp_path: Path
) -> None:
    from everyframe.exchange.fetch import Fetcher

    ready, calls = Fetcher._ready, []

    def dying(self: Fetcher) -> object:
        connection = ready(self)
        calls.append(connection)
        if len(calls) == 15:
            assert self._process is not None
            self._process.kill()
            self._process.join()
        return connection

    monkeypatch.setattr(Fetcher, "_ready", dying)
    done = run("export", "vics", origin, tmp_path / "out", "--files", "--json")
    assert (done.code, done.json()["originals"]["missing"]) == (1, 1)
    assert "the process that read it died" in run("warnings", origin, "--code", "not-exported", "--json").out

"""Packs give back what was put in, and say so when they cannot."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everyframe.errors import VerificationError
from everyframe.store.packs import PackReader, PackWriter, problems


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payloads=st.lists(st.binary(max_size=300), max_size=30), pack_bytes=st.integers(1, 500))
def test_round_trip_over_any_number_of_packs(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes], pack_bytes: int
) -> None:
    directory = tmp_path_factory.mktemp("packs")
    writer = PackWriter(directory, {}, pack_bytes=pack_bytes)
    places = [writer.add(p) for p in payloads]
    lengths = writer.sync()
    writer.close()
    reader = PackReader(directory)
    assert [reader.read(p) for p in places] == payloads
    assert lengths == {n: (directory / f"{n:05}.pack").stat().st_size for n in lengths}
    reader.close()


def test_what_was_not_committed_is_cut_off_and_written_anew(tmp_path: Path) -> None:
    writer = PackWriter(tmp_path, {})
    first = writer.add(b"kept")
    committed = writer.sync()
    writer.add(b"lost when the machine stopped")
    writer.sync_file()
    writer.close()
    writer = PackWriter(tmp_path, committed)
    second = writer.add(b"new")
    writer.sync()
    writer.close()
    reader = PackReader(tmp_path)
    assert (reader.read(first), reader.read(second)) == (b"kept", b"new")
    assert (tmp_path / "00001.pack").stat().st_size == second[1] + 3
    reader.close()


def test_every_flipped_byte_is_found(tmp_path: Path) -> None:
    writer = PackWriter(tmp_path, {})
    places = [writer.add(b"one picture"), writer.add(b"another")]
    writer.sync()
    writer.close()
    path = tmp_path / "00001.pack"
    sound = path.read_bytes()
    for at in range(len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x10]) + sound[at + 1 :])
        reader = PackReader(tmp_path)
        assert list(problems(reader, iter(places))), f"byte {at}"
        reader.close()


def test_a_missing_or_short_pack_is_an_error_that_names_it(tmp_path: Path) -> None:
    reader = PackReader(tmp_path)
    with pytest.raises(VerificationError, match="pack 7"):
        reader.read((7, 12, 5))
    (tmp_path / "00001.pack").write_bytes(b"EFPK")
    with pytest.raises(VerificationError, match="pack 1"):
        reader.read((1, 12, 5))
    reader.close()

"""Carving: what lies in unnamed bytes is found with exactly its bytes, and nothing that does not lie there."""

import functools
import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analysis.samples import drawing, jpeg, saved, tagged
from tests.evidence.carving_forge import FILES, archive, carved, filler, photo

from everyframe.errors import EvidenceError
from everyframe.evidence.carving import Carved, Limits, Notice, State, carve, free_ranges
from everyframe.evidence.carving.scanning import MARKS

FILLERS = ("zero", "noise", "text")
#: One by one pixel, GIF 89a: 35 bytes that anybody can check by hand.
DOT = bytes.fromhex("47494638396101000100800000ff00000000002c00000000010001000002024401003b")


@functools.cache
def made(name: str) -> bytes:
    return FILES[name][1]()


def spans(found: list[Carved]) -> list[tuple[int, int, str, str]]:
    return [(c.offset, c.size, c.kind, str(c.state)) for c in found]


def test_a_known_picture_at_a_known_place() -> None:
    assert len(DOT) == 35
    data = bytes(5) + DOT + b"text" * 9
    assert carved(data) == [Carved(5, 35, "gif", State.WHOLE, ((5, 35),))]
    assert hashlib.sha256(data[5:40]).hexdigest() == hashlib.sha256(DOT).hexdigest()


@pytest.mark.parametrize("kind", FILLERS)
@pytest.mark.parametrize("name", FILES)
def test_each_format_is_bounded_to_the_byte(name: str, kind: str) -> None:
    data = filler(kind, 3001) + made(name) + filler(kind, 3001)
    assert spans(carved(data)) == [(3001, len(made(name)), FILES[name][0], "whole")]


@pytest.mark.parametrize("name", FILES)
def test_each_format_is_whole_where_the_bytes_end_with_it(name: str) -> None:
    assert spans(carved(made(name))) == [(0, len(made(name)), FILES[name][0], "whole")]


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_short_is_never_whole(name: str) -> None:
    """A transport stream has no end of its own: cut between two packets, it is whole."""
    for share in (0.3, 0.6, 0.9):
        size = int(len(made(name)) * share)
        for found in carved(made(name)[: size + (size % 188 == 0)]):
            assert found.offset or found.state != State.WHOLE, (share, found)


@given(
    names=st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=5),
    fillers=st.lists(st.tuples(st.sampled_from(FILLERS), st.integers(1, 9000)), min_size=6, max_size=6),
    chunk=st.sampled_from([1, 511, 4096, 70_000]),
    cuts=st.lists(st.integers(0, 60_000), max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_all_is_found_wherever_it_lies(
    names: list[str], fillers: list[tuple[str, int]], chunk: int, cuts: list[int]
) -> None:
    """However it is read, and however the ranges are cut."""
    data, expected = filler(*fillers[0]), []
    for n, name in enumerate(names):
        expected.append((len(data), len(made(name)), FILES[name][0], "whole"))
        data += made(name) + filler(*fillers[n + 1], n)
    assert spans(carved(data)) == expected
    chunk = max(chunk, len(data) // 500)
    bounds = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    ranges = [(low, high - low) for low, high in itertools.pairwise(bounds)]
    assert spans(carved(data, ranges[::-1], chunk=chunk)) == expected


@given(st.binary(max_size=4000), st.sampled_from(sorted(FILES)), st.integers(0, 60_000), st.integers(0, 60_000))
@settings(max_examples=80, deadline=None)
def test_damage_never_stops_it(noise: bytes, name: str, at: int, cut: int) -> None:
    """A file overwritten in the middle: whatever is given lies within the bytes."""
    data = made(name)
    at %= len(data)
    data = data[:at] + noise + data[at + len(noise) : at + len(noise) + cut]
    for found in carved(data):
        assert found.size > 0
        assert sum(size for _, size in found.pieces) == found.size
        assert all(offset >= 0 and offset + size <= len(data) for offset, size in found.pieces)


@pytest.mark.parametrize("kind", FILLERS)
def test_nothing_is_found_in_what_is_nothing(kind: str) -> None:
    assert carved(filler(kind, 8 << 20)) == []


def test_a_file_around_another_ones_bytes_is_one_file_of_two_pieces() -> None:
    data = photo()
    volume = bytes(4096) + data[:40_960] + bytes(8192) + data[40_960:]
    owned = [(45_056, 8192)]
    (found,) = carved(volume, free_ranges(len(volume), owned))
    assert found.pieces == ((4096, 40_960), (53_248, len(data) - 40_960))
    assert (found.state, found.joined, found.size) == (State.WHOLE, False, len(data))


@pytest.mark.parametrize("kind", FILLERS)
@pytest.mark.parametrize("clusters", [1, 9])
@pytest.mark.parametrize("progressive", [False, True])
def test_two_parts_of_a_photo_are_joined(kind: str, clusters: int, *, progressive: bool) -> None:
    data = saved(drawing(900, 700), "JPEG", quality=92, progressive=progressive)
    cut, gap = 4096 * (len(data) // 4096 // 2), 4096 * clusters
    volume = filler(kind, 4096) + data[:cut] + filler(kind, gap, 5) + data[cut:] + filler(kind, 4096, 6)
    (found,) = carved(volume)
    assert found.pieces == ((4096, cut), (4096 + cut + gap, len(data) - cut))
    assert (found.state, found.joined) == (State.WHOLE, True)


@pytest.mark.parametrize("kind", FILLERS)
@pytest.mark.parametrize("cut", [4096, 16_384, 17_408])
def test_two_parts_of_a_png_are_joined(kind: str, cut: int) -> None:
    data = saved(drawing(300, 200), "PNG")
    volume = bytes(512) + data[:cut] + filler(kind, 8192, 5) + data[cut:] + bytes(512)
    (found,) = carved(volume)
    assert found.pieces == ((512, cut), (512 + cut + 8192, len(data) - cut))
    assert (found.state, found.joined) == (State.WHOLE, True)


def test_what_lies_between_two_parts_is_found_too() -> None:
    outer, inner = photo(1), photo(2, 300)
    padded = inner + bytes(-len(inner) % 4096)
    cut = 4096 * 20
    volume = outer[:cut] + padded + outer[cut:]
    first, second = carved(volume)
    assert (first.offset, first.size, first.joined) == (0, len(outer), True)
    assert spans([second]) == [(cut, len(inner), "jpeg", "whole")]


def test_a_fragment_says_what_broke_it_off() -> None:
    data = photo()
    (found,) = carved(data[:50_000])
    assert spans([found]) == [(0, 50_000, "jpeg", "fragment")]
    assert found.why == "the bytes end here"
    (found,) = carved(data[:40_960] + filler("noise", 60_000))
    assert found.why == "bytes that are not of this picture"
    assert 40_960 <= found.size < 43_000


def test_a_fragment_ends_where_another_file_begins() -> None:
    data = photo()
    found = carved(data[:40_960] + DOT + bytes(99))
    assert spans(found) == [(0, 40_960, "jpeg", "fragment"), (40_960, 35, "gif", "whole")]


def test_a_bitmap_that_was_written_over_is_no_whole_file() -> None:
    bitmap, inner = made("bmp"), jpeg()
    assert len(inner) < 8192 < len(bitmap)
    data = bitmap[:8192] + inner + bitmap[8192 + len(inner) :]
    assert spans(carved(data)) == [(0, 8192, "bmp", "fragment"), (8192, len(inner), "jpeg", "whole")]


def test_an_embedded_preview_is_no_file_of_its_own() -> None:
    small = jpeg(48, 32, seed=2)
    import piexif

    data = saved(drawing(), "JPEG", exif=piexif.dump({"0th": {}, "1st": {}, "thumbnail": small}))
    whole, preview = carved(bytes(512) + data)
    assert spans([whole]) == [(512, len(data), "jpeg", "whole")]
    assert (preview.state, preview.parent) == (State.EMBEDDED, 512)
    assert data[preview.offset - 512 :][: preview.size] == piexif.load(data)["thumbnail"]


def test_what_a_zip_or_film_is_made_of_is_not_given_again() -> None:
    assert [c.kind for c in carved(archive() + made("avi"))] == ["zip", "avi"]


def test_a_progressive_photo_from_a_camera_with_restarts() -> None:
    import imagecodecs

    data = imagecodecs.jpeg8_encode(np.asarray(drawing(400, 300)), level=90, optimize=True)
    assert spans(carved(bytes(data) + b"x")) == [(0, len(data), "jpeg", "whole")]
    assert spans(carved(tagged(bytes(data), "-Comment=harbour")))[0][3] == "whole"


def test_limits_are_said() -> None:
    notes: list[Notice] = []
    found = carved(DOT * 100, limits=Limits(files=7), note=notes.append)
    assert len(found) == 7
    assert [(n.code, n.offset, n.count) for n in notes] == [("files-limit", 245, 93)]
    assert notes[0].text == "93 whole files beyond 7 are not given"


def test_starts_without_number_are_bounded_and_said() -> None:
    notes: list[Notice] = []
    data = b"\xff\xd8\xff\xe0\0\x10JFIF" * 100_000
    assert carved(data, limits=Limits(work_floor=1 << 20), note=notes.append) == []
    assert [n.code for n in notes] == ["work-limit"]
    assert 97_000 < notes[0].count < 100_000


@given(st.integers(0, 1 << 30))
@example(336)  # a directory that names a preview of no bytes
@settings(max_examples=15, deadline=None)
def test_beginnings_of_everything_at_once_are_bounded(seed: int) -> None:
    dice, notes = np.random.default_rng(seed), list[Notice]()
    parts = []
    for number in dice.integers(0, len(MARKS), 3000):
        head = bytearray(dice.bytes(24) if dice.random() < 0.5 else bytes(24))
        for place, part in MARKS[int(number)].parts:
            head[place : place + len(part)] = part
        parts.append(bytes(head))
    data = b"".join(parts)
    limits = Limits(work_floor=1 << 20, work_ratio=1, join_floor=1 << 20, join_ratio=1)
    found = carved(data, limits=limits, note=notes.append)
    assert len([c for c in found if c.state != State.EMBEDDED]) < 300
    assert {n.code for n in notes} <= {"work-limit", "joining-limit"}
    assert sum(n.count for n in notes) > 2000


def test_a_few_bytes_that_stand_for_millions_of_blocks_are_bounded() -> None:
    """Each scan of 60 bytes says that a million blocks are empty."""
    bits = "".join("0" + "1" * 14 for _ in range(31))
    coded = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(59, "big").replace(b"\xff", b"\xff\0")
    scan = bytes.fromhex("ffda0008010100010100") + coded
    head = bytes.fromhex("ffd8ffdb004300") + bytes([9] * 64) + bytes.fromhex("ffc2000b081f401f4001011100")
    table = bytes.fromhex("ffc4001410") + bytes([1] + [0] * 15) + b"\xe0"
    data = head + table + scan * 100 + b"\xff\xd9"
    (found,) = carved(data)
    assert (found.state, found.why) == (State.FRAGMENT, "more scans than are followed")


def test_what_comes_behind_a_flood_of_starts_is_found() -> None:
    data = b"\xff\xd8\xff\xe0\0\x10JFIF" * 10_000 + bytes(1 << 20) + DOT
    assert spans(carved(data, limits=Limits(work_floor=1 << 20))) == [(100_000 + (1 << 20), 35, "gif", "whole")]


def test_joining_is_bounded_and_said() -> None:
    notes: list[Notice] = []
    data = photo()
    broken = data[:40_960] + filler("noise", 8192) + data[40_960:]
    (found,) = carved(broken, limits=Limits(join_floor=0, join_ratio=0), note=notes.append)
    assert found.state == State.FRAGMENT
    assert [(n.code, n.count) for n in notes] == [("joining-limit", 1)]


def test_ranges_may_claim_more_than_there_is() -> None:
    data = bytes(100) + DOT
    assert spans(carved(data, [(0, 60), (50, 10**12)])) == [(100, 35, "gif", "whole")]
    assert carved(b"", [(0, 100)]) == []
    assert carved(data, []) == []


def test_bytes_missing_in_the_middle_are_an_error() -> None:
    def read(offset: int, size: int) -> bytes:
        return bytes(size) if offset > 5000 else bytes(min(size, 10))

    with pytest.raises(EvidenceError, match="could be read at 0"):
        list(carve(read, [(0, 10_000)]))


def test_free_ranges_are_what_nobody_owns() -> None:
    assert list(free_ranges(100, [])) == [(0, 100)]
    assert list(free_ranges(100, [(90, 50), (10, 20), (15, 20), (0, 5)])) == [(5, 5), (35, 55)]
    assert list(free_ranges(100, [(0, 100)])) == []
    assert list(free_ranges(0, [])) == []


@given(st.integers(0, 300), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90)), max_size=9))
def test_each_byte_is_owned_or_free(total: int, owned: list[tuple[int, int]]) -> None:
    taken = {n for offset, size in owned for n in range(offset, offset + size)}
    free = [n for offset, size in free_ranges(total, owned) for n in range(offset, offset + size)]
    assert free == [n for n in range(total) if n not in taken]


def test_progress_ends_with_all_of_it() -> None:
    told: list[tuple[int, int]] = []
    carved(bytes(10_000), chunk=1000, progress=lambda done, size: told.append((done, size)))
    assert told[0] == (0, 10_000)
    assert told[-1] == (10_000, 10_000)
    assert told == sorted(told)

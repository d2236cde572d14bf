"""Carving of formats that no encoder here writes, each made by hand from its specification."""

import struct

import pytest
from tests.analysis.samples import jpeg
from tests.evidence.carving_forge import FILES, carved, filler, photo

from everyframe.evidence.carving import Carved, State


def spans(found: list[Carved]) -> list[tuple[int, int, str, str]]:
    return [(c.offset, c.size, c.kind, str(c.state)) for c in found]


def directory(order: str, entries: list[tuple[int, int, int, int]], after: int = 0) -> bytes:
    """Write a directory of TIFF: tag, type, count and value of each entry, SHORT values left in their four bytes."""
    out = struct.pack(order + "H", len(entries))
    for tag, kind, count, value in entries:
        held = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "L", value)
        out += struct.pack(order + "HHL", tag, kind, count) + held
    return out + struct.pack(order + "L", after)


def raw(order: str, head: bytes, preview: bytes) -> bytes:
    """Make what CR2, NEF and ARW are like: a directory with a preview, and one below it with the sensor's data."""
    sensor = filler("noise", 9001, 7)
    first = len(head)
    below = first + 2 + 12 * 5 + 4
    data = below + 2 + 12 * 4 + 4
    outer = [(256, 3, 1, 640), (257, 3, 1, 480), (330, 4, 1, below), (513, 4, 1, data), (514, 4, 1, len(preview))]
    inner = [(256, 3, 1, 90), (257, 3, 1, 50), (273, 4, 1, data + len(preview)), (279, 4, 1, len(sensor))]
    return head + directory(order, outer) + directory(order, inner) + preview + sensor


@pytest.mark.parametrize(
    ("order", "head", "kind"),
    [
        ("<", b"II*\0" + struct.pack("<L", 16) + b"CR\2\0" + bytes(4), "cr2"),
        (">", b"MM\0*" + struct.pack(">L", 8), "tiff"),
        ("<", b"II*\0" + struct.pack("<L", 8), "tiff"),
        ("<", b"IIRO" + struct.pack("<L", 8), "orf"),
    ],
)
def test_raw_files_end_with_their_sensor_data(order: str, head: bytes, kind: str) -> None:
    preview = jpeg()
    data = raw(order, head, preview)
    whole, inside = carved(bytes(512) + data + filler("text", 3000))
    assert spans([whole]) == [(512, len(data), kind, "whole")]
    assert (inside.state, inside.parent, inside.size) == (State.EMBEDDED, 512, len(preview))
    cut = carved(bytes(512) + data[:-1])[0]
    assert (cut.offset, cut.kind, cut.state) == (512, kind, State.FRAGMENT)


def test_a_tiff_of_64_bits_ends_with_its_strip() -> None:
    strip = filler("noise", 6000, 3)
    entries = [(256, 4, 1, 60), (257, 4, 1, 100), (273, 16, 1, 16 + 8 + 20 * 4 + 8), (279, 16, 1, len(strip))]
    body = b"".join(struct.pack("<HHQQ", *entry) for entry in entries)
    data = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, len(entries)) + body + bytes(8) + strip
    assert spans(carved(bytes(99) + data + bytes(99))) == [(99, len(data), "tiff", "whole")]


def test_a_film_of_a_camcorder_has_a_time_before_each_packet() -> None:
    stream = FILES["ts"][1]()
    data = b"".join(struct.pack(">L", n) + stream[n : n + 188] for n in range(0, len(stream), 188))
    assert spans(carved(bytes(100) + data + filler("text", 999))) == [(100, len(data), "m2ts", "whole")]


def test_an_avi_goes_on_in_a_second_part() -> None:
    """OpenDML: what does not fit into the first RIFF follows in others."""
    first, frame = FILES["avi"][1](), b"00dc" + struct.pack("<L", 1000) + filler("noise", 1000, 2)
    movie = b"LIST" + struct.pack("<L", 4 + len(frame)) + b"movi" + frame
    data = first + b"RIFF" + struct.pack("<L", 4 + len(movie)) + b"AVIX" + movie
    assert spans(carved(bytes(64) + data + bytes(64))) == [(64, len(data), "avi", "whole")]


def test_a_cut_photo_is_not_joined_with_a_part_of_a_whole_copy() -> None:
    """The copy's second half would fit to the byte; it belongs to the copy."""
    data = photo(4)
    cut = 4096 * 8
    copy = data[:2] + b"\xff\xfe\x0f\xfecopy".ljust(4096, b".") + data[2:]
    assert len(copy) == len(data) + 4096
    found = carved(data[:cut] + bytes(4096) + copy)
    assert [(c.offset, c.size, str(c.state)) for c in found][1:] == [(cut + 4096, len(copy), "whole")]
    assert (found[0].offset, found[0].state, found[0].joined) == (0, State.FRAGMENT, False)

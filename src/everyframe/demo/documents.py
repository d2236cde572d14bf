"""Make small, valid files that are not media: texts, a PDF, a database, a sound, a program stub."""

from __future__ import annotations

import io
import math
import sqlite3
import struct
import wave
import zipfile
from collections.abc import Callable
from typing import TypeAlias

from everyframe.demo.paint import Rng

MakeDocument: TypeAlias = Callable[[Rng], bytes]

_LINES = (
    "Shopping: bread, apples, coffee, light bulbs.",
    "The train leaves at ten past nine from platform four.",
    "Water the tomatoes twice a week, more in July.",
    "Return the library books before Friday.",
    "Recipe: two eggs, a cup of flour, a pinch of salt.",
    "Warranty of the kettle: two years, keep the receipt.",
)


def _text(rng: Rng) -> bytes:
    picked = rng.integers(0, len(_LINES), int(rng.integers(5, 60)))
    return "\n".join(f"{number + 1}. {_LINES[int(i)]}" for number, i in enumerate(picked)).encode()


def _pdf(rng: Rng) -> bytes:
    words = _LINES[int(rng.integers(len(_LINES)))]
    content = f"BT /F1 18 Tf 60 760 Td ({words}) Tj ET".encode()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + table)
    out.write(b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _docx(rng: Rng) -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{_LINES[int(i)]}</w:t></w:r></w:p>" for i in rng.integers(0, len(_LINES), 12))
    package = "application/vnd.openxmlformats-package.relationships+xml"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Default Extension="rels" ContentType="{package}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}"/></Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
        f'wordprocessingml/2006/main"><w:body>{paragraphs}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 5, 4, 3, 2, 0)), text)
    return out.getvalue()


def _database(rng: Rng) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, made TEXT, text TEXT)")
    rows = [(f"2023-0{1 + int(i)}-11", _LINES[int(i)]) for i in rng.integers(0, len(_LINES), 50)]
    connection.executemany("INSERT INTO note (made, text) VALUES (?, ?)", rows)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def _sound(rng: Rng) -> bytes:
    pitch = float(rng.uniform(220, 880))
    samples = [int(9000 * math.sin(2 * math.pi * pitch * i / 8000) * math.exp(-i / 6000)) for i in range(8000)]
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def _program(rng: Rng) -> bytes:
    """Return a DOS header and a stub that only prints a line, padded; it does nothing else if run."""
    stub = b"\x0e\x1f\xba\x0e\x00\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$"
    header = struct.pack("<2s13H", b"MZ", 0x90, 3, 0, 4, 0, 0xFFFF, 0, 0xB8, 0, 0, 0, 0x40, 0)
    return (header.ljust(64, b"\0") + stub).ljust(512, b"\0") + rng.bytes(4096)


def _table(rng: Rng) -> bytes:
    rows = [f"{int(day)},{value:.2f}" for day, value in zip(range(1, 61), rng.uniform(2, 90, 60), strict=True)]
    return "\r\n".join(["day,amount", *rows]).encode()


DOCUMENTS: tuple[tuple[str, MakeDocument], ...] = (
    ("pdf", _pdf),
    ("txt", _text),
    ("docx", _docx),
    ("sqlite", _database),
    ("wav", _sound),
    ("exe", _program),
    ("csv", _table),
)
"""Extension and maker of each kind of document."""

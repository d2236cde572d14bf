"""Going through a case from outside, and files of other tools that are made for a test."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from everyframe.cli import main
from everyframe.review.decisions import decide
from everyframe.store import audit_log, schema
from everyframe.store.case import Case
from everyframe.testing.exhibits import jpeg

MEMBERS = 6
CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"


def command(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return ended.value.code if isinstance(ended.value.code, int) else 0


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def media_of(path: Path) -> dict[str, dict[str, Any]]:
    """Give the Media of a case file by the name of the first file of each."""
    found = [m for case in read(path)["value"] for m in case["Media"]]
    return {m["MediaFiles"][0]["FileName"]: m for m in found}


def ids(directory: Path, *names: str) -> list[int]:
    """Give the Media of some files."""
    f = schema.media_file
    with Case(directory) as case, case.database.read() as connection:
        rows = connection.execute(select(f.c.display, f.c.media_id)).all()
    return [r.media_id for n in names for r in rows if r.display.endswith(n)]


def decided(directory: Path) -> None:
    first, second = ids(directory, "IMG_0000.JPG")[0], ids(directory, "IMG_0002.JPG")[0]
    with Case(directory) as case:
        decide(case, "1", [first], op="decide-the-first-one", actor="ann@unit")
        decide(case, "2", [second], op="decide-the-second-one", actor="bob@unit")


def records(directory: Path, action: str) -> list[dict[str, Any]]:
    with Case(directory) as case, case.database.read() as connection:
        return [json.loads(r.body) for r in audit_log.records(connection) if r.action == action]


def digests(data: bytes) -> tuple[str, str]:
    return hashlib.md5(data).hexdigest().upper(), hashlib.sha1(data).hexdigest()


def foreign_case(folder: Path, **changes: Any) -> Path:
    """Make a case as another tool exports it, with its media folder: backslashes, texts for flags, keys of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    media = []
    for n in range(4):
        data = jpeg(7000 + n)
        md5, sha1 = digests(data)
        path = folder / "Files.other" / md5[:2] / md5[2:4] / f"{md5[4:]}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        media.append(
            {
                "MediaID": 40 + n,
                "MD5": md5.lower() if n % 2 else md5,
                "SHA1": sha1,
                "Category": n or None,
                "MediaSize": str(len(data)) if n == 1 else len(data),
                "RelativeFilePath": f"Files.other\\{md5[:2]}\\{md5[2:4]}\\{md5[4:]}.jpg",
                "VictimIdentified": "false",
                "IsSuspected": n == 2,
                "PhotoDNA": "QUJD" * 48 if n == 3 else None,
                "Tags": "boat; Hafen",
                "X-Own": {"deep": [1, 2, {"x": "y"}]},
                "DateUpdated": "2023-06-12T17:54:57.9658552+02:00",
                "AlternativeHashes": [{"HashName": "TLSH", "HashValue": "T1AB"}],
                "Exifs": [{"PropertyName": "Model", "PropertyValue": "Box", "PropertyGroup": "IFD0"}],
                "MediaMetadata": [{"PropertyName": "Device Type", "PropertyValue": "telephone"}],
                "Segments": [{"SegmentIndex": 0, "Start": "0", "End": "1", "Category": 1}],
                "Identifiers": [{"MD5": md5, "Name": "nick", "Events": []}],
                "MediaFiles": [
                    {
                        "FileName": f"a{n}.jpg",
                        "FilePath": f"C:\\Users\\x\\a{n}.jpg",
                        "Created": "2023-06-12T17:54:57.9658552+02:00",
                        "Written": "/Date(1686585297000)/",
                        "SourceID": "PC/7",
                        "Unallocated": n == 2,
                        "PhysicalLocation": 4096 * n,
                        "Own": n,
                    },
                    {"FileName": f"b{n}.jpg", "FilePath": "C:\\Temp", "Deleted": "true"},
                ],
            }
        )
    case = {
        "CaseID": "6f0d8e3c-1d32-4c86-9d52-0b8f5a1b2c3d",
        "CaseNumber": "OTHER/9",
        "ContactName": "Carol",
        "Agency": "Elsewhere",
        "CaseMetadata": [{"PropertyName": "Colour", "PropertyValue": "blue"}],
        "TotalMediaFiles": 99,
        "Media": media,
    }
    path = folder / "other.json"
    text = json.dumps({"@odata.context": CONTEXT, "value": [case | changes]}, ensure_ascii=False, indent=1)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return path

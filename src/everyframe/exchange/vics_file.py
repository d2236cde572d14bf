"""One occurrence as a VICS MediaFile, and what VICS has no property for."""

import json
from collections.abc import Iterator
from typing import Any, Final

from everyframe.exchange.vics_times import as_offset
from everyframe.model.entry import display_path
from everyframe.model.states import Provenance

__all__ = ["file_entity", "file_notes", "path_text", "same_file"]

Json = dict[str, Any]
TIMES: Final = (("Created", "created"), ("Written", "modified"), ("Accessed", "accessed"))


def path_text(path: bytes) -> str:
    """Give a path as text: as recorded where it is UTF-8, otherwise as people see it."""
    try:
        return path.decode()
    except UnicodeDecodeError:
        return display_path(path)


def file_entity(row: Json, md5: bytes, number: int) -> Json:
    """Give one MediaFile. What an import said of it goes back as it came."""
    if row["kept"] is not None:
        said: Json = json.loads(row["kept"])["entity"]
        return {"MD5": md5.hex().upper(), "MediaFileID": number} | said
    path = path_text(bytes(row["path"]))
    entity: Json = {
        "MD5": md5.hex().upper(),
        "MediaFileID": number,
        "FileName": path.rpartition("/")[2],
        "FilePath": path,
        **{name: as_offset(row[column]) or None for name, column in TIMES},
        "Unallocated": row["provenance"] == Provenance.CARVED,
        "SourceID": row["reference"],
        "Deleted": row["provenance"] == Provenance.DELETED,
        **_parent(row),
    }
    return {k: v for k, v in entity.items() if v is not None}


def _parent(row: Json) -> Json:
    if row["up_path"] is None:
        return {}
    path = path_text(bytes(row["up_path"]))
    md5 = bytes(row["up_md5"]).hex().upper() if row["up_md5"] else None
    return {"ParentMD5": md5, "ParentFileName": path.rpartition("/")[2], "ParentFilePath": path}


def file_notes(row: Json, number: int) -> Iterator[tuple[str, str]]:
    """Tell what no property of a MediaFile can hold: bytes of a name, times without an offset, the manner of finding."""
    prefix = f"MediaFile.{number}."
    if row["kept"] is not None:
        yield from ((prefix + name, value) for name, value in json.loads(row["kept"])["notes"].items())
        return
    path = bytes(row["path"])
    if path_text(path).encode() != path:
        yield f"{prefix}PathBytes", path.hex()
    for name, column in TIMES:
        if row[column] and not as_offset(row[column]):
            yield f"{prefix}{name}", row[column]
    if row["changed"]:
        yield f"{prefix}Changed", row["changed"]
    if row["provenance"] == Provenance.EMBEDDED:
        yield f"{prefix}EmbeddedAt", row["locator"]
    if row["name_disagrees"]:
        yield f"{prefix}TypeByContent", row["mime"]


def same_file(found: Json, listed: Json) -> bool:
    """Tell whether a picture found inside another is the one that an import lists there."""
    if found["provenance"] != Provenance.EMBEDDED or found["source_id"] != listed["source_id"]:
        return False
    said, own = json.loads(listed["kept"])["entity"], _parent(found)
    path = said.get("ParentFilePath", own["ParentFilePath"])
    return bool(own["ParentMD5"] and (said.get("ParentMD5"), path) == (own["ParentMD5"], own["ParentFilePath"]))

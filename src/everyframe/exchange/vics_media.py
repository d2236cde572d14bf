"""One content as a VICS Media, every property of 2.0; older versions are made from it by leaving out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from everyframe.exchange.vics_categories import NumberedScheme
from everyframe.exchange.vics_entities import LISTS
from everyframe.exchange.vics_file import file_entity, file_notes, same_file
from everyframe.exchange.vics_names import IMPORT_OPERATION, OWN
from everyframe.exchange.vics_normal import NAMES
from everyframe.model.states import MediaOutcome
from everyframe.store.exchange_rows import Content

__all__ = ["MediaWriter"]

Json = dict[str, Any]
FLAGS: Final = ("VictimIdentified", "OffenderIdentified", "IsDistributed", "IsSuspected")
TEXTS: Final = ("Series", "Tags", "Comments")
TAGS_UNREAD: Final = "TagsUnread"
#: What is told of a content beside the entities that VICS has for it: name, column.
FACTS: Final = (
    ("Decoder", "decoder"),
    ("Seen", "seen"),
    ("Damaged", "damaged"),
    ("Width", "width"),
    ("Height", "height"),
    ("Frames", "frames"),
    ("DurationMs", "duration_ms"),
    ("Container", "container"),
    ("Codec", "codec"),
    ("PDQQuality", "pdq_quality"),
)


@dataclass(slots=True)
class MediaWriter:
    """Make Media one after the other, numbering them and their MediaFiles; ``left`` counts what could not be told."""

    scheme: NumberedScheme
    media: int = 0
    files: int = 0
    precategorized: int = 0

    def entity(self, content: Content, path: str | None) -> Json:
        """Give the Media of a content; ``path`` is where its bytes lie beside the file, if they do."""
        self.media += 1
        kept = merged_claims(content)
        files = list(self._files(content))
        media = content.media or {}
        hit, source = precategorization(kept)
        self.precategorized += hit
        entity: Json = {
            "MediaID": self.media,
            "MD5": content.md5.hex().upper(),
            "SHA1": bytes(media["sha1"]).hex().upper() if media else kept.get("SHA1"),
            "Category": self._category(content, kept),
            "MediaSize": media["size"] if media else kept.get("MediaSize"),
            "MimeType": kept.get("MimeType") or media.get("mime"),
            "RelativeFilePath": path,
            **{name: kept.get(name) for name in FLAGS},
            "IsPrecategorized": hit,
            "PrecategorizationSource": source,
            "SelfGenerated": kept.get("SelfGenerated"),
            **{name: kept.get(name) for name in TEXTS},
            "DateUpdated": _updated(content, kept),
            "PhotoDNA": kept.get("PhotoDNA"),
        }
        entity |= self._lists(content, kept, files)
        entity |= {k: v for k, v in kept.items() if k not in entity}
        _fill(entity)
        return {k: v for k, v in entity.items() if v is not None and v != []}

    def _lists(self, content: Content, kept: Json, files: list[tuple[Json, list[tuple[str, str]]]]) -> Json:
        md5 = content.md5.hex().upper()
        own = [*self._notes(content, kept), *(note for _, notes in files for note in notes)]
        return {
            "AlternativeHashes": _joined(kept, "AlternativeHashes", "HashName", _hashes(content, md5)),
            "Exifs": _joined(kept, "Exifs", "PropertyName", _exifs(content, kept, md5)),
            "MediaFiles": [entity for entity, _ in files],
            "MediaMetadata": [
                *_foreign(kept, content),
                *({"MD5": md5, "PropertyName": OWN + name, "PropertyValue": value} for name, value in own),
            ],
        }

    def _files(self, content: Content) -> Iterator[tuple[Json, list[tuple[str, str]]]]:
        """Give every occurrence; one that intake found again inside a picture that an import lists with it counts once."""
        imported = [f for f in content.files if f["kept"] is not None]
        for row in content.files:
            if row["kept"] is None and any(same_file(row, other) for other in imported):
                continue
            self.files += 1
            yield file_entity(row, content.md5, self.files), list(file_notes(row, self.files))

    def _category(self, content: Content, kept: Json) -> int | None:
        if content.category:
            return self.scheme.number(content.category["code"]) if self._own_scheme(content) else None
        said = kept.get("Category")
        return said if not content.decided and isinstance(said, int) else None

    def _own_scheme(self, content: Content) -> bool:
        return bool(content.category["scheme"] == self.scheme.id)

    def _notes(self, content: Content, kept: Json) -> Iterator[tuple[str, str]]:
        if content.media is None:
            return
        for name, column in FACTS:
            if content.media[column] not in (None, ""):
                yield name, str(content.media[column])
        if _tags_unread(content, kept):
            yield TAGS_UNREAD, "found inside another picture: its own tags were not read"
        if content.media["outcome"] == MediaOutcome.UNREADABLE:
            yield "Unreadable", "no decoder could show any of it"
        said = kept.get("MimeType")
        if said and said != content.media["mime"]:
            yield "TypeByContent", content.media["mime"]
        for number, (code, reason) in enumerate(content.warnings, 1):
            yield f"Warning.{number}.{code}", reason
        if content.category and not self._own_scheme(content):
            yield f"Category.{content.category['scheme']}", content.category["code"]


def _fill(entity: Json) -> None:
    """Give everything in the lists of a Media the MD5 that it is known by, where an import left it out."""
    for name, _, _ in LISTS["Media"]:
        for number, item in enumerate(entity.get(name, [])):
            if "MD5" not in item:
                entity[name][number] = {"MD5": entity["MD5"], **item}


def precategorization(kept: Json) -> tuple[bool, str | None]:
    """Tell whether a known set had this content, and which. Hits that the case itself finds belong here."""
    return kept.get("IsPrecategorized") is True, kept.get("PrecategorizationSource")


def merged_claims(content: Content) -> Json:
    """Put together what several imports said of one content: the first word on each property stands, lists add up."""
    merged: Json = {}
    for claim in content.claims:
        said: Json = json.loads(claim["kept"])
        if claim["category"] is not None:
            said["Category"] = int(claim["category"])
        for key, value in said.items():
            if key not in merged:
                merged[key] = value
            elif isinstance(value, list) and isinstance(merged[key], list):
                merged[key] = _both(key, merged[key], value)
    return merged


def _both(key: str, first: list[Any], second: list[Any]) -> list[Any]:
    """Put two lists together; what has the name of something else gets one of its own."""
    name = NAMES.get(next((entity for of, entity, _ in LISTS["Media"] if of == key), ""))
    made = [*first]
    for item in second:
        if item in first:
            continue
        if name:
            used, number, own = {v[name] for v in made}, 2, item[name]
            while own in used:
                own = f"{item[name]} ({number})" if isinstance(item[name], str) else own + 1
                number += 1
            item = {**item, name: own}  # noqa: PLW2901 - the same under a name of its own
        made.append(item)
    return made


def _updated(content: Content, kept: Json) -> str | None:
    """Give when a person of this case decided last; an import keeps the time it came with."""
    at = content.category.get("at")
    if at and not str(content.category["op"]).startswith(IMPORT_OPERATION):
        return str(at)
    return kept.get("DateUpdated")


def _hashes(content: Content, md5: str) -> Iterator[Json]:
    media = content.media or {}
    for name, column in (("SHA256", "sha256"), ("PDQ", "pdq")):
        if media.get(column):
            yield {"MD5": md5, "HashName": name, "HashValue": bytes(media[column]).hex()}


def _tags_unread(content: Content, kept: Json) -> bool:
    """Tell whether the tags of a content were not read, here or in the case that it came from."""
    said = any(item.get("PropertyName") == OWN + TAGS_UNREAD for item in kept.get("MediaMetadata", []))
    return said or bool(content.media and ",metadata," not in content.media["stages"])


def _exifs(content: Content, kept: Json, md5: str) -> Iterator[Json]:
    """Give every tag; a name that several groups use stands once alone, and then with its group before it."""
    used: set[str] = set()
    tags = {} if _tags_unread(content, kept) else content.tags
    for key, value in tags.items():
        group, _, name = key.rpartition(":")
        alone = name if name not in used else f"{group}:{name}"
        if alone in used:
            continue  # the reader gives each group and name once
        used.add(alone)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield {"MD5": md5, "PropertyName": alone, "PropertyValue": text, "PropertyGroup": group}


def _joined(kept: Json, name: str, key: str, own: Iterator[Json]) -> list[Json]:
    """Give what an import said, and what it did not say of ours."""
    said = kept.get(name, [])
    names = {_plain(item.get(key)) for item in said}
    return [*said, *(item for item in own if _plain(item[key]) not in names)]


def _plain(name: object) -> str:
    return "".join(filter(str.isalnum, str(name).lower()))


def _foreign(kept: Json, content: Content) -> list[Json]:
    """Give an import's MediaMetadata without what is told anew."""
    own = OWN if content.media else OWN + "MediaFile."
    return [item for item in kept.get("MediaMetadata", []) if not str(item.get("PropertyName", "")).startswith(own)]

"""Sound Media of a VICS file straight into columns, many at once.

Nearly all of a set of millions is written as the format says. Such Media never become objects of their own: what names the
content and the category is taken out of each, and the rest is kept as it is. Whatever is odd in any way is not taken here,
and goes through ``vics_media``, which gives the same for what is sound.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from everyframe.known.block import NO_QUALITY, Block, Values, hex_values
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import EXAMPLES, Lint
from everyframe.known.values import MAX_NUMBER, photodna_bytes
from everyframe.known.vics_media import FLAGS, media_entry

__all__ = ["SoundMedia", "entry_of_media"]

Text = str | None | UnsetType
Flag = bool | Literal["true", "false", "True", "False"] | None | UnsetType
Size = Annotated[int, msgspec.Meta(ge=0, le=MAX_NUMBER)] | None | UnsetType
#: Names of VICS, all versions, by the names of the fields below that are written otherwise.
NAMES: Final = {
    "md5": "MD5", "sha1": "SHA1", "photodna": "PhotoDNA", "category": "Category", "media_size": "MediaSize",
    "victim_identified": "VictimIdentified", "offender_identified": "OffenderIdentified",
    "is_distributed": "IsDistributed", "is_suspected": "IsSuspected", "is_precategorized": "IsPrecategorized",
    "self_generated": "SelfGenerated", "name": "Name", "tags": "Tags", "series": "Series", "comments": "Comments",
    "media_id": "MediaID", "date_updated": "DateUpdated", "relative_file_path": "RelativeFilePath",
    "mime_type": "MimeType", "precategorization_source": "PrecategorizationSource", "exifs": "Exifs",
    "media_files": "MediaFiles", "repositories": "Repositories", "cases": "Cases", "segments": "Segments",
    "media_metadata": "MediaMetadata", "identifiers": "Identifiers",
}  # fmt: skip
FIELD_OF: Final = {name: field for field, name in NAMES.items()}
#: What stands in for a digest and a category that are kept elsewhere, while the rest of a record is read.
ELSEWHERE: Final = {"MD5": "0" * 32, "Category": 0}


class _Media(msgspec.Struct, forbid_unknown_fields=True, gc=False, rename=NAMES):
    """Hold one Media of which every field is as the format says; no other field fits."""

    md5: str | UnsetType
    sha1: Text = UNSET
    photodna: Text = UNSET
    category: int | UnsetType | None = UNSET
    media_size: Size = UNSET
    victim_identified: Flag = UNSET
    offender_identified: Flag = UNSET
    is_distributed: Flag = UNSET
    is_suspected: Flag = UNSET
    is_precategorized: Flag = UNSET
    self_generated: Flag = UNSET
    name: Text = UNSET
    tags: Text = UNSET
    series: Text = UNSET
    comments: Text = UNSET
    media_id: Any = UNSET
    date_updated: Any = UNSET
    relative_file_path: Any = UNSET
    mime_type: Any = UNSET
    precategorization_source: Any = UNSET
    exifs: Any = UNSET
    media_files: Any = UNSET
    repositories: Any = UNSET
    cases: Any = UNSET
    segments: Any = UNSET
    media_metadata: Any = UNSET
    identifiers: Any = UNSET


class SoundMedia:
    """Turn the JSON of sound Media into a block; ``number`` is that of the last entry of the file so far.

    Args:
        lint: hears of what is odd and loses nothing.
    """

    def __init__(self, lint: Lint) -> None:
        self._lint = lint
        self._decode = msgspec.json.Decoder(list[_Media]).decode
        self._encode = msgspec.json.Encoder().encode_lines
        self.number = 0

    def __call__(self, data: bytes) -> Block | None:
        """Give the block of a JSON list; None when any Media in it is not as the format says."""
        try:
            media = self._decode(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None
        md5 = hex_values([m.md5 for m in media], "md5")
        sha1 = hex_values([m.sha1 for m in media], "sha1")
        photodna = _photodna([m.photodna for m in media])
        if not media or md5 is None or sha1 is None or photodna is None or len(md5[1]) < len(media):
            return None
        categories = self._categories([m.category for m in media])
        self._flags(media)
        for one in media:
            one.md5 = one.sha1 = one.photodna = one.category = UNSET
        records = self._encode(media)
        self.number += len(media)
        found = {"md5": md5, "sha1": sha1, "photodna": photodna}
        return Block(
            rows=len(media),
            values={algorithm: values for algorithm, values in found.items() if values[0]},
            categories=categories,
            quality=bytes([NO_QUALITY]) * len(media),
            records=records,
            ends=np.flatnonzero(np.frombuffer(records, np.uint8) == ord("\n")) + 1,
        )

    def _categories(self, said: list[int | UnsetType | None]) -> list[str]:
        codes = {code: "" if code is None or code is UNSET else str(code) for code in set(said)}
        for odd, kind in ((UNSET, "category-missing"), (None, "category-null")):
            if odd in codes:
                self._note(kind, [spot for spot, code in enumerate(said) if code is odd])
        return [codes[code] for code in said]

    def _flags(self, media: list[_Media]) -> None:
        for name in FLAGS:
            said = list(map(attrgetter(FIELD_OF[name]), media))
            if str in set(map(type, said)):
                self._note("boolean-as-text", [spot for spot, flag in enumerate(said) if type(flag) is str])

    def _note(self, kind: str, spots: list[int]) -> None:
        for spot in spots[:EXAMPLES]:
            self._lint.add(kind, f"entry {self.number + spot + 1}")
        if len(spots) > EXAMPLES:
            self._lint.add(kind, f"entry {self.number + spots[EXAMPLES] + 1}", count=len(spots) - EXAMPLES)


def entry_of_media(record: dict[str, Any], category: str, digests: dict[str, bytes]) -> KnownEntry:
    """Put an entry together from the rest of a Media and from what is kept elsewhere of it."""
    entry = media_entry(record | ELSEWHERE, Lint(), "")
    if entry is None:
        raise ValueError("a record without its digest is no Media")
    kept = {a: digests.get(a, b"") for a in ALGORITHMS}
    return msgspec.structs.replace(entry, category=category, **kept)


def _photodna(texts: Sequence[object]) -> Values | None:
    spots = [spot for spot, text in enumerate(texts) if isinstance(text, str) and text]
    values = [photodna_bytes(str(texts[spot])) for spot in spots]
    return (b"".join(values), np.array(spots, np.uint32)) if all(values) else None

"""How the features of a content become columns and rows."""

from collections.abc import Sequence
from typing import Any

from everyframe.model.features import Analysis, Digests, Metadata, PerceptualHash, Rendition
from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store.packs import Place

__all__ = ["columns", "merge", "previews", "quarantined", "stages", "tags", "times", "traits", "turned"]

SUMMARIES = {"first_file_id": 0, "occurrences": 0, "folded": False, "looked": False}


PICTURE = ("width", "height", "frames", "orientation", "decoder", "seen", "damaged")
VIDEO = ("container", "duration_ms", "frame_rate", "width", "height", "codec", "audio_codec", "frames_shown", "decoder")
HASH = ("pdq", "pdq_quality", "pdq_basis", "upright_pdq", "upright_quality")
NO_FEATURES: dict[str, Any] = dict.fromkeys((*PICTURE, *VIDEO, *HASH))


def stages(text: str) -> set[str]:
    """Read the column ``stages``."""
    return {s for s in text.split(",") if s}


def columns(digests: Digests, analysis: Analysis) -> dict[str, Any]:
    """Give the columns of a new Media; the file it was found in is counted apart."""
    own = {"kind": analysis.kind, "mime": analysis.mime, "outcome": analysis.outcome, "stages": _text(analysis.stages)}
    return _base(digests) | own | {"quarantined": False} | NO_FEATURES | _features(analysis)


def quarantined(digests: Digests) -> dict[str, Any]:
    """Give the columns of a content that killed its workers."""
    kind = {"kind": MediaKind.OTHER, "mime": "application/octet-stream", "quarantined": True}
    return _base(digests) | kind | {"outcome": MediaOutcome.UNREADABLE, "stages": ""} | NO_FEATURES


def merge(found: Any, analysis: Analysis, fresh: set[str]) -> dict[str, Any]:  # noqa: ANN401 - a row of media
    """Give the columns that change when further stages were run on a Media."""
    values = {k: v for k, v in _features(analysis).items() if v is not None}
    values |= {"kind": analysis.kind, "mime": analysis.mime, "stages": _text(sorted(stages(found.stages) | fresh))}
    if found.outcome == MediaOutcome.UNDECODED or analysis.outcome is MediaOutcome.VIEWABLE:
        values["outcome"] = analysis.outcome
    return values


def previews(media_id: int, placed: Sequence[tuple[Rendition, Place]]) -> list[dict[str, Any]]:
    """Give the rows of a Media's previews."""
    return [
        {
            "media_id": media_id,
            "role": r.role,
            "ordinal": r.ordinal,
            "width": r.width,
            "height": r.height,
            "mime": r.mime,
            "pack": pack,
            "offset": offset,
            "length": length,
        }
        for r, (pack, offset, length) in placed
    ]


def tags(media_id: int, found: Metadata) -> dict[str, Any]:
    """Give the metadata row of a Media."""
    names = ("make", "model", "serial", "lens", "software", "unique_id", "file_number")
    place = ("latitude", "longitude", "altitude", "reader", "raw")
    return {"media_id": media_id} | {name: getattr(found, name) for name in names + place}


def traits(media_id: int, vector: bytes) -> dict[str, Any]:
    """Give the row of a Media's traits: the version stands before the colon, the values behind it."""
    version, _, values = vector.partition(b":")
    return {"media_id": media_id, "version": version.decode(), "vector": values}


def turned(media_id: int, found: PerceptualHash) -> dict[str, Any]:
    """Give the row of a picture's hashes in eight orientations."""
    return {"media_id": media_id, "hashes": found.turned, "quality": found.turned_quality}


def times(media_id: int, found: Metadata) -> list[dict[str, Any]]:
    """Give the rows of a Media's recorded times."""
    return [
        {"media_id": media_id, "ordinal": n, "source": t.source, "text": t.text, "utc": t.utc}
        for n, t in enumerate(found.times)
    ]


def _base(digests: Digests) -> dict[str, Any]:
    names = ("md5", "sha1", "sha256", "size")
    return {name: getattr(digests, name) for name in names} | SUMMARIES


def _text(names: Sequence[str]) -> str:
    return "," + ",".join(sorted(names)) + ","


def _features(analysis: Analysis) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if analysis.picture:
        values |= {name: getattr(analysis.picture, name) for name in PICTURE}
    if analysis.video:
        values |= {name: getattr(analysis.video, name) for name in VIDEO}
    if analysis.hash:
        values |= {"pdq": analysis.hash.pdq, "pdq_quality": analysis.hash.quality, "pdq_basis": analysis.hash.basis}
        values |= {"upright_pdq": analysis.hash.upright_pdq, "upright_quality": analysis.hash.upright_quality}
    return values

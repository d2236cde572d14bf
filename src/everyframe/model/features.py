"""What analysis finds in one content."""

from dataclasses import dataclass, field
from typing import Final

from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.model.warning import Problem

__all__ = [
    "LEAST_QUALITY",
    "Analysis",
    "Digests",
    "Embedded",
    "Metadata",
    "PerceptualHash",
    "Picture",
    "RecordedTime",
    "Rendition",
    "VideoFacts",
]

#: PDQ quality below which a picture is too plain to be matched, or stacked, without a person.
LEAST_QUALITY: Final = 50


@dataclass(frozen=True, slots=True)
class Digests:
    """Hold the three digests of one content (raw bytes) and its size."""

    md5: bytes
    sha1: bytes
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold what a decoder said of a still or animated picture.

    Args:
        width: pixels as stored, before orientation.
        height: the same.
        frames: frames or pages.
        orientation: EXIF value 1-8; 1 when none is recorded or the decoder has applied it already.
        decoder: library and version, as ``simplejpeg 1.9.0``.
        seen: how the pixels were normalised to 8-bit RGB, as ``CMYK; 1/4 scale; alpha on white``; empty for none of it.
        damaged: the decoder's words when the stream is corrupt or cut short; empty when whole.
    """

    width: int
    height: int
    frames: int
    orientation: int
    decoder: str
    seen: str
    damaged: str


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """Hold the PDQ hash (32 bytes) and quality (0-100) of the pixels as stored, and of the upright picture when turned.

    ``basis`` is ``full`` or the reduced decode that was hashed (``1/4``). ``turned`` (8 x 32 bytes) and ``turned_quality``
    (8 bytes) are those of the upright picture in its eight orientations, as EXIF numbers them.
    """

    pdq: bytes
    quality: int
    upright_pdq: bytes | None = None
    upright_quality: int | None = None
    basis: str = "full"
    turned: bytes = b""
    turned_quality: bytes = b""


@dataclass(frozen=True, slots=True)
class Rendition:
    """Hold one re-encoded preview: ``grid``, ``viewer`` or ``frame`` (of a film, in order)."""

    role: str
    ordinal: int
    width: int
    height: int
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RecordedTime:
    """Hold one time with its source tag, the text as recorded, and the instant in UTC where the zone is known."""

    source: str
    text: str
    utc: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """Hold what the file says of its making; empty strings and None where it says nothing.

    ``raw`` is every tag as the reader gave it, JSON compressed with zlib.
    """

    make: str = ""
    model: str = ""
    serial: str = ""
    lens: str = ""
    software: str = ""
    unique_id: str = ""
    file_number: str = ""
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    times: tuple[RecordedTime, ...] = ()
    reader: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Hold the container facts of a film. Durations in milliseconds; rates in frames per second."""

    container: str
    duration_ms: int | None
    frame_rate: float | None
    width: int
    height: int
    codec: str
    audio_codec: str
    frames_shown: int
    decoder: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """Hold all that the stages found in one content. ``traits``: see ``analysis.traits``; empty for none."""

    kind: MediaKind
    mime: str
    outcome: MediaOutcome
    stages: tuple[str, ...] = ()
    picture: Picture | None = None
    video: VideoFacts | None = None
    hash: PerceptualHash | None = None
    metadata: Metadata | None = None
    renditions: tuple[Rendition, ...] = ()
    embedded: tuple["Embedded", ...] = ()
    traits: bytes = b""
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Embedded:
    """Hold a picture found inside another file, with its own digests and analysis.

    Args:
        name: the tag it was found under, as ``ThumbnailImage``.
        offset: where its bytes start in the containing file.
        digests: of its own bytes.
        analysis: its own features.
        distance: PDQ distance to the containing picture (0-256), both upright; None when either has no hash.
        differs: True when it does not show what the containing picture shows; None when that cannot be told.
    """

    name: str
    offset: int
    digests: Digests
    analysis: Analysis
    distance: int | None
    differs: bool | None

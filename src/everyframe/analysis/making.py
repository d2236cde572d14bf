"""What a content says of its making, chosen from its tags."""

import re
from typing import Final

from everyframe.analysis.place import recorded_place
from everyframe.analysis.tags import Tags
from everyframe.analysis.times import recorded_times
from everyframe.model.features import Metadata

__all__ = ["FIELDS", "metadata_of"]

#: Field of Metadata, and the names of the tags that fill it, the first that says anything.
FIELDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("make", ("Make", "AndroidManufacturer", "AndroidMake")),
    ("model", ("Model", "CameraModelName", "AndroidModel", "UniqueCameraModel")),
    ("lens", ("LensModel", "Lens", "LensInfo")),
    ("software", ("Software", "CreatorTool", "Encoder", "WritingApp")),
    ("unique_id", ("ImageUniqueID", "ImageUniqueId", "RawImageDigest")),
    ("file_number", ("FileNumber", "ImageNumber")),
)
#: A body's serial number: as EXIF and the makers' own notes give it, then in DNG, then the one that only the maker reads.
SERIALS: Final = ("SerialNumber", "BodySerialNumber", "CameraSerialNumber", "InternalSerialNumber", "SerialInfo")
_EMPTY_SERIALS: Final = re.compile(r"[0\s.\-]*|\(?(none|unknown|n/?a|undef)\)?|\(Binary data .*", re.IGNORECASE)
_LABEL: Final = re.compile(r"^NO\s*=\s*", re.IGNORECASE)


def metadata_of(tags: Tags) -> Metadata:
    """Choose the fields; every tag is kept beside them in ``raw``."""
    latitude, longitude, altitude = recorded_place(tags)
    return Metadata(
        **{field: tags.first(*names) for field, names in FIELDS},
        serial=serial(tags),
        latitude=latitude,
        longitude=longitude,
        altitude=altitude,
        times=recorded_times(tags),
        reader=tags.reader,
        raw=tags.raw,
    )


def serial(tags: Tags) -> str:
    """Give the body's serial number without the label that Nikon stores in front of it; empty for none."""
    for tag in tags.named(*SERIALS):
        text = _LABEL.sub("", tag.text.strip(" \0"))
        if not _EMPTY_SERIALS.fullmatch(text):
            return text
    return ""

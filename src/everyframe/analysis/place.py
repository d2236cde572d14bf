"""Where a content says it was made: signed decimal degrees, and metres above sea level."""

import math
import re
from typing import Final

from everyframe.analysis.tags import Tags

__all__ = ["Place", "recorded_place"]

Place = tuple[float | None, float | None, float | None]

_NOWHERE: Final[Place] = (None, None, None)
_POLE, _DATE_LINE = 90.0, 180.0
_ISO_6709: Final = re.compile(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)?")
_POSITIONS: Final = ("GPSCoordinates", "LocationInformation", "GPSPosition", "Location")


def recorded_place(tags: Tags) -> Place:
    """Give latitude, longitude and altitude.

    EXIF first, then XMP, then what films record. A position out of range, without a hemisphere, or of exactly 0, 0 (a
    receiver that has found nothing) counts as none; the raw tags keep what was recorded.
    """
    for latitude, longitude in (_exif(tags), _xmp(tags)):
        if _is_place(latitude, longitude):
            return latitude, longitude, _altitude(tags)
    return _film(tags)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _is_place(latitude: float | None, longitude: float | None) -> bool:
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return False
    return abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE


def _exif(tags: Tags) -> tuple[float | None, float | None]:
    return _signed(tags, "GPSLatitude", "NS"), _signed(tags, "GPSLongitude", "EW")


def _signed(tags: Tags, name: str, letters: str) -> float | None:
    value, side = _number(tags.value(f"GPS:{name}")), tags.value(f"GPS:{name}Ref").strip(" \0").upper()[:1]
    if value is None or not side or side not in letters:
        return None
    return value if side == letters[0] else -value


def _xmp(tags: Tags) -> tuple[float | None, float | None]:
    return _number(tags.value("XMP-exif:GPSLatitude")), _number(tags.value("XMP-exif:GPSLongitude"))


def _altitude(tags: Tags) -> float | None:
    for group in ("GPS", "XMP-exif"):
        value = _number(tags.value(f"{group}:GPSAltitude"))
        if value is not None:
            return -value if tags.value(f"{group}:GPSAltitudeRef").strip() == "1" else value
    return None


def _film(tags: Tags) -> Place:
    for tag in tags.named(*_POSITIONS):
        numbers = [_number(part) for part in tag.text.replace(",", " ").split()]
        if match := _ISO_6709.match(tag.text):
            numbers = [_number(part) for part in match.groups() if part]
        if len(numbers) > 1 and _is_place(numbers[0], numbers[1]):
            return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None  # noqa: PLR2004 - with a height
    return _NOWHERE

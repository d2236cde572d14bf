"""Write the EXIF block of a demo photograph, with its thumbnail."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import piexif  # type: ignore[import-untyped,unused-ignore]
from PIL import Image

from everyframe.demo.paint import Pixels, Size

if TYPE_CHECKING:
    from datetime import datetime

    from everyframe.demo.cameras import Camera

THUMBNAIL = Size(160, 120)


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold when, where and how one photograph was taken."""

    when: datetime
    """Local time with its offset; naive where the camera records none."""
    number: int
    orientation: int = 1
    gps: tuple[float, float] | None = None
    """Degrees north and east."""

    @property
    def unique_id(self) -> str:
        """Return the 32 hex digits that EXIF calls ImageUniqueID."""
        return hashlib.sha256(f"{self.number} {self.when.isoformat()}".encode()).hexdigest()[:32]


def thumbnail(pixels: Pixels) -> bytes:
    """Return a 160x120 JPEG of the stored pixels, with black bars where the shape differs."""
    image = Image.fromarray(pixels).convert("RGB")
    image.thumbnail(THUMBNAIL.pair, Image.Resampling.BILINEAR, reducing_gap=2.0)
    frame = Image.new("RGB", THUMBNAIL.pair)
    frame.paste(image, ((THUMBNAIL.width - image.width) // 2, (THUMBNAIL.height - image.height) // 2))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=78)
    return out.getvalue()


def build_exif(camera: Camera, taken: Taken, size: Size, small: bytes | None) -> bytes:
    """Return an APP1 payload that begins with ``Exif``; `size` is that of the stored pixels."""
    blocks: dict[str, object] = {
        "0th": _image_block(camera, taken),
        "Exif": _photo_block(camera, taken, size),
        "GPS": _gps_block(taken),
    }
    if small is not None:
        blocks["1st"] = {piexif.ImageIFD.Compression: 6}
        blocks["thumbnail"] = small
    return bytes(piexif.dump(blocks))


def _image_block(camera: Camera, taken: Taken) -> dict[int, object]:
    tag = piexif.ImageIFD
    return {
        tag.Make: camera.make,
        tag.Model: camera.model,
        tag.Orientation: taken.orientation,
        tag.XResolution: (72, 1),
        tag.YResolution: (72, 1),
        tag.ResolutionUnit: 2,
        tag.Software: camera.software,
        tag.DateTime: _stamp(taken.when),
    }


def _photo_block(camera: Camera, taken: Taken, size: Size) -> dict[int, object]:
    tag = piexif.ExifIFD
    number = taken.number
    block: dict[int, object] = {
        tag.ExposureTime: (1, (30, 60, 125, 250, 500)[number % 5]),
        tag.FNumber: ((18, 10), (28, 10), (40, 10))[number % 3],
        tag.ISOSpeedRatings: (50, 100, 200, 400, 800)[number % 5],
        tag.ExifVersion: b"0232",
        tag.DateTimeOriginal: _stamp(taken.when),
        tag.DateTimeDigitized: _stamp(taken.when),
        tag.SubSecTimeOriginal: f"{taken.when.microsecond // 1000:03d}",
        tag.FocalLength: (round(camera.focal * 10), 10),
        tag.ColorSpace: 1,
        tag.PixelXDimension: size.width,
        tag.PixelYDimension: size.height,
        tag.ImageUniqueID: taken.unique_id,
        tag.BodySerialNumber: camera.serial,
    }
    if camera.lens:
        block[tag.LensModel] = camera.lens
    if camera.offset is not None:
        block[tag.OffsetTimeOriginal] = f"{taken.when:%z}"[:3] + ":00"
    return block


def _gps_block(taken: Taken) -> dict[int, object]:
    if taken.gps is None:
        return {}
    tag = piexif.GPSIFD
    north, east = taken.gps
    return {
        tag.GPSVersionID: (2, 3, 0, 0),
        tag.GPSLatitudeRef: "N" if north >= 0 else "S",
        tag.GPSLatitude: _degrees(abs(north)),
        tag.GPSLongitudeRef: "E" if east >= 0 else "W",
        tag.GPSLongitude: _degrees(abs(east)),
        tag.GPSAltitudeRef: 0,
        tag.GPSAltitude: (2400, 10),
    }


def _degrees(value: float) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    seconds = (value - whole - minutes / 60) * 3600
    return (whole, 1), (minutes, 1), (round(seconds * 10000), 10000)


def _stamp(when: datetime) -> str:
    return f"{when:%Y:%m:%d %H:%M:%S}"

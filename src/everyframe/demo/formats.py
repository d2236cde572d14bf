"""Encode pixels in every picture format that the demo shows."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from everyframe.demo.paint import LUMA, Pixels


@dataclass(frozen=True, slots=True)
class Job:
    """Hold what an encoder needs."""

    image: Image.Image
    quality: int
    exif: bytes


Encode: TypeAlias = Callable[[Job], bytes]


def encode(pixels: Pixels, name: str, *, quality: int = 82, exif: bytes = b"") -> bytes:
    """Return the pixels as a file of the format `name`; `exif` is honoured by JPEG only."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return dict(FORMATS)[name][1](Job(image, quality, exif))


def _save(image: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own options, by format
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _jpeg(job: Job) -> bytes:
    return _save(job.image, "JPEG", quality=job.quality, exif=job.exif)


def _jpeg_progressive(job: Job) -> bytes:
    return _save(job.image, "JPEG", quality=job.quality, progressive=True)


def _jpeg_grey(job: Job) -> bytes:
    return _save(job.image.convert("L"), "JPEG", quality=job.quality)


def _jpeg_cmyk(job: Job) -> bytes:
    return _save(job.image.convert("CMYK"), "JPEG", quality=job.quality)


def _png(job: Job) -> bytes:
    return _save(job.image, "PNG", compress_level=4)


def _png_rgba(job: Job) -> bytes:
    image = job.image.convert("RGBA")
    x = np.linspace(-1, 1, image.width)[None, :]
    y = np.linspace(-1, 1, image.height)[:, None]
    alpha = np.clip((1.25 - np.maximum(np.abs(x), np.abs(y))) * 1020, 0, 255).astype(np.uint8)
    image.putalpha(Image.fromarray(alpha))
    return _save(image, "PNG", compress_level=4)


def _png_palette(job: Job) -> bytes:
    return _save(job.image.quantize(64), "PNG")


def _png_deep_grey(job: Job) -> bytes:
    grey = np.asarray(job.image, np.float32) @ LUMA
    return _save(Image.fromarray((grey * 257).astype(np.uint16)), "PNG", compress_level=4)


def _frames(job: Job, count: int) -> list[Image.Image]:
    """Return windows that slide over the picture."""
    width, height = job.image.width, job.image.height
    wide, tall = max(1, int(width * 0.8)), max(1, int(height * 0.8))
    steps = [part / max(1, count - 1) for part in range(count)]
    corners = [(int((width - wide) * step), int((height - tall) * step * 0.5)) for step in steps]
    return [job.image.crop((x, y, x + wide, y + tall)) for x, y in corners]


def _small(job: Job, side: int) -> Job:
    image = job.image.copy()
    image.thumbnail((side, side), Image.Resampling.BILINEAR)
    return Job(image, job.quality, b"")


def _apng(job: Job) -> bytes:
    first, *rest = _frames(_small(job, 320), 5)
    return _save(first, "PNG", save_all=True, append_images=rest, duration=200, loop=0)


def _gif(job: Job) -> bytes:
    return _save(job.image.quantize(128), "GIF")


def _gif_animated(job: Job) -> bytes:
    first, *rest = [frame.quantize(64) for frame in _frames(_small(job, 320), 6)]
    return _save(first, "GIF", save_all=True, append_images=rest, duration=150, loop=0)


def _webp(job: Job) -> bytes:
    return _save(job.image, "WEBP", quality=job.quality, method=1)


def _webp_animated(job: Job) -> bytes:
    first, *rest = _frames(_small(job, 320), 5)
    return _save(first, "WEBP", save_all=True, append_images=rest, duration=180, quality=60, method=1)


def _tiff_pages(job: Job) -> bytes:
    first, *rest = _frames(_small(job, 640), 3)
    return _save(first, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw")


def _bmp(job: Job) -> bytes:
    return _save(job.image, "BMP")


def _avif(job: Job) -> bytes:
    return _save(_small(job, 800).image, "AVIF", quality=62, speed=10, max_threads=1)


def _jpeg2000(job: Job) -> bytes:
    return _save(_small(job, 800).image, "JPEG2000", quality_mode="rates", quality_layers=[20])


def _icon(job: Job) -> bytes:
    side = min(job.image.size)
    square = job.image.crop((0, 0, side, side)).resize((256, 256))
    return _save(square, "ICO", sizes=[(32, 32), (64, 64), (256, 256)])


def _tga(job: Job) -> bytes:
    return _save(job.image, "TGA", compression="tga_rle")


def _pcx(job: Job) -> bytes:
    return _save(job.image, "PCX")


def _ppm(job: Job) -> bytes:
    return _save(job.image, "PPM")


def _psd(job: Job) -> bytes:
    """Write the smallest Photoshop file: a header, three empty sections, the merged picture."""
    pixels = np.asarray(job.image)
    height, width = pixels.shape[:2]
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, height, width, 8, 3)
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()
    return header + struct.pack(">IIIH", 0, 0, 0, 0) + planes


FORMATS: tuple[tuple[str, tuple[str, Encode]], ...] = (
    ("jpeg", ("jpg", _jpeg)),
    ("png", ("png", _png)),
    ("webp", ("webp", _webp)),
    ("gif", ("gif", _gif)),
    ("jpeg-progressive", ("jpeg", _jpeg_progressive)),
    ("png-rgba", ("png", _png_rgba)),
    ("gif-animated", ("gif", _gif_animated)),
    ("avif", ("avif", _avif)),
    ("jpeg-grey", ("jpg", _jpeg_grey)),
    ("png-palette", ("png", _png_palette)),
    ("webp-animated", ("webp", _webp_animated)),
    ("jpeg-cmyk", ("jpg", _jpeg_cmyk)),
    ("apng", ("png", _apng)),
    ("tiff-multipage", ("tif", _tiff_pages)),
    ("png-grey16", ("png", _png_deep_grey)),
    ("bmp", ("bmp", _bmp)),
    ("jpeg2000", ("jp2", _jpeg2000)),
    ("psd", ("psd", _psd)),
    ("ico", ("ico", _icon)),
    ("tga", ("tga", _tga)),
    ("pcx", ("pcx", _pcx)),
    ("ppm", ("ppm", _ppm)),
)
"""Name, usual extension and encoder of each format, the common ones first."""


def extension(name: str) -> str:
    """Return the usual extension of a format, without the dot."""
    return dict(FORMATS)[name][0]

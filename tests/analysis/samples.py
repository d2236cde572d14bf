"""Small contents of every format that can be written here, made of one benign drawing."""

import io
import struct
import subprocess
from collections.abc import Callable
from typing import Any

import av
import imagecodecs
import numpy as np
import simplejpeg
import tifffile
from PIL import Image, ImageDraw

from everyframe.analysis import STAGES, Blob, Limits, Tools, analyse, identify
from everyframe.model.features import Analysis

ALL = frozenset(stage.name for stage in STAGES)
PIXELS = frozenset({"preview", "pdq"})


def drawing(width: int = 96, height: int = 64, seed: int = 1) -> Image.Image:
    """Draw a hilly landscape with a sun: smooth, edged and grainy enough to compress and hash like a photo."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    hills = height * (0.55 + 0.2 * np.sin(columns / width * (3 + seed % 5)) + 0.08 * np.cos(columns / 7 + seed))
    ground = (rows > hills)[..., None]
    sky = np.stack([90 + rows * 0.8, 140 + rows * 0.5, 220 - columns * 0.4], axis=2)
    grass = np.stack([60 + columns * 0.5, 120 - rows * 0.3, 40 + rows * 0.2], axis=2)
    pixels = np.where(ground, grass, sky) + rng.normal(0, 4, (height, width, 1))
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    x, y, r = width * (0.2 + 0.1 * (seed % 6)), height * 0.25, height * 0.12
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(250, 240, 120))
    draw.rectangle((width * 0.6, height * 0.45, width * 0.8, height * 0.8), fill=(150, 60, 50))
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 96, height: int = 64, seed: int = 1, quality: int = 88) -> bytes:
    return bytes(
        simplejpeg.encode_jpeg(np.asarray(drawing(width, height, seed)), quality=quality, colorsubsampling="420")
    )


def run_frames(count: int = 4, width: int = 96, height: int = 64) -> list[Image.Image]:
    return [drawing(width, height, seed) for seed in range(1, count + 1)]


def moving(kind: str, count: int = 4, **options: Any) -> bytes:
    first, *rest = run_frames(count)
    return saved(first, kind, save_all=True, append_images=rest, **options)


def psd(*, large: bool = False, packed: bool = True, depth: int = 8) -> bytes:
    """Write a Photoshop document with nothing but a composite."""
    pixels = np.asarray(drawing())
    height, width = pixels.shape[:2]
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 2 if large else 1, 3, height, width, depth, 3)
    rows = [pixels[y, :, c] for c in range(3) for y in range(height)]
    raw = [(row.astype(">u2") * 257).tobytes() if depth == 16 else row.tobytes() for row in rows]
    body = b"\0\0" + b"".join(raw)
    if packed:
        lines = [
            b"".join(bytes([len(row[i : i + 100]) - 1]) + row[i : i + 100] for i in range(0, len(row), 100))
            for row in raw
        ]
        sizes = struct.pack(f">{len(lines)}{'I' if large else 'H'}", *(len(line) for line in lines))
        body = b"\0\1" + sizes + b"".join(lines)
    return header + bytes(8 + (8 if large else 4)) + body


def dng(orientation: int = 1) -> bytes:
    """Write a raw picture under a colour filter, as DNG asks, without a preview."""
    colour = np.asarray(drawing(128, 96)).astype(np.uint16) * 16
    mosaic = np.empty(colour.shape[:2], np.uint16)
    mosaic[0::2, 0::2] = colour[0::2, 0::2, 0]
    mosaic[0::2, 1::2] = colour[0::2, 1::2, 1]
    mosaic[1::2, 0::2] = colour[1::2, 0::2, 1]
    mosaic[1::2, 1::2] = colour[1::2, 1::2, 2]
    matrix = [3, 1, -1, 1, 0, 1, -1, 1, 2, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    extra = [
        (50706, "B", 4, (1, 4, 0, 0), True),
        (50708, "s", 0, "Everyframe Test", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, (0, 1, 1, 2), True),
        (50721, "2i", 9, matrix, True),
        (50728, "2I", 3, (1, 1, 1, 1, 1, 1), True),
        (50717, "H", 1, 4095, True),
        (50714, "H", 1, 0, True),
        (274, "H", 1, orientation, True),
        (271, "s", 0, "Everyframe", True),
        (272, "s", 0, "Test", True),
    ]
    out = io.BytesIO()
    tifffile.imwrite(out, mosaic, photometric="cfa", compression=None, extratags=extra, metadata=None)
    return out.getvalue()


def film(
    kind: str = "mp4",
    codec: str = "mpeg4",
    seconds: int = 3,
    *,
    sound: bool = False,
    pictures: bool = True,
    gop: int = 12,
) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        video: Any = container.add_stream(codec, rate=25 if kind == "mpeg" else 12) if pictures else None
        audio: Any = container.add_stream("aac", rate=16000) if sound else None
        if video:
            video.width, video.height, video.pix_fmt, video.gop_size = (
                96,
                64,
                "yuvj420p" if codec == "mjpeg" else "yuv420p",
                gop,
            )
            for number in range(seconds * 12):
                frame = av.VideoFrame.from_ndarray(np.asarray(drawing(96, 64, number // 6 + 1)), format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode())
        if audio:
            for number in range(seconds * 16):
                wave = (np.sin(np.arange(1024) / 9)[None] * 0.1).astype(np.float32)
                block: Any = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
                block.sample_rate, block.pts = 16000, number * 1024
                container.mux(audio.encode(block))
            container.mux(audio.encode())
    return out.getvalue()


def pam() -> bytes:
    image = drawing()
    return b"P7\nWIDTH 96\nHEIGHT 64\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + image.tobytes()


def _tiff_float() -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, np.asarray(drawing().convert("L")).astype(np.float16) / 255, photometric="minisblack")
    return out.getvalue()


#: Name, type by content, and how it is made: pictures of which the drawing can be seen.
PICTURES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "jpeg": ("image/jpeg", jpeg),
    "jpeg progressive": ("image/jpeg", lambda: saved(drawing(), "JPEG", progressive=True)),
    "jpeg grey": ("image/jpeg", lambda: saved(drawing().convert("L"), "JPEG")),
    "jpeg cmyk": ("image/jpeg", lambda: saved(drawing().convert("CMYK"), "JPEG")),
    "jpeg lossless": ("image/jpeg", lambda: bytes(imagecodecs.ljpeg_encode(np.asarray(drawing().convert("L"))))),
    "png": ("image/png", lambda: saved(drawing(), "PNG")),
    "png palette": ("image/png", lambda: saved(drawing().quantize(64), "PNG")),
    "png 1 bit": ("image/png", lambda: saved(drawing().convert("1"), "PNG")),
    "png 16 bits": ("image/png", lambda: bytes(imagecodecs.png_encode(np.asarray(drawing()).astype(np.uint16) * 257))),
    "png 16 bits grey": (
        "image/png",
        lambda: bytes(imagecodecs.png_encode(np.asarray(drawing().convert("L")).astype(np.uint16) * 257)),
    ),
    "png alpha": ("image/png", lambda: saved(drawing().convert("RGBA"), "PNG")),
    "apng": ("image/apng", lambda: moving("PNG")),
    "gif": ("image/gif", lambda: saved(drawing(), "GIF")),
    "gif moving": ("image/gif", lambda: moving("GIF")),
    "webp": ("image/webp", lambda: saved(drawing(), "WEBP")),
    "webp lossless": ("image/webp", lambda: saved(drawing(), "WEBP", lossless=True)),
    "webp moving": ("image/webp", lambda: moving("WEBP")),
    "tiff": ("image/tiff", lambda: saved(drawing(), "TIFF")),
    "tiff lzw": ("image/tiff", lambda: saved(drawing(), "TIFF", compression="tiff_lzw")),
    "tiff jpeg": ("image/tiff", lambda: saved(drawing(), "TIFF", compression="jpeg")),
    "tiff group 4": ("image/tiff", lambda: saved(drawing().convert("1"), "TIFF", compression="group4")),
    "tiff lab": ("image/tiff", lambda: saved(_lab(), "TIFF")),
    "tiff pages": ("image/tiff", lambda: moving("TIFF")),
    "tiff half floats": ("image/tiff", _tiff_float),
    "bmp": ("image/bmp", lambda: saved(drawing(), "BMP")),
    "avif": ("image/avif", lambda: saved(drawing(), "AVIF")),
    "avif moving": ("image/avif-sequence", lambda: moving("AVIF")),
    "jp2": ("image/jp2", lambda: saved(drawing(), "JPEG2000")),
    "j2c": ("image/j2c", lambda: saved(drawing(), "JPEG2000", no_jp2=True)),
    "jxl": ("image/jxl", lambda: bytes(imagecodecs.jpegxl_encode(np.asarray(drawing())))),
    "psd": ("image/vnd.adobe.photoshop", psd),
    "psb": ("image/vnd.adobe.photoshop", lambda: psd(large=True)),
    "psd 16 bits": ("image/vnd.adobe.photoshop", lambda: psd(depth=16, packed=False)),
    "ico": ("image/vnd.microsoft.icon", lambda: saved(drawing(64, 64), "ICO")),
    "ico bitmap": ("image/vnd.microsoft.icon", lambda: saved(drawing(64, 64), "ICO", bitmap_format="bmp")),
    "tga": ("image/x-tga", lambda: saved(drawing(), "TGA")),
    "tga packed": ("image/x-tga", lambda: saved(drawing(), "TGA", compression="tga_rle")),
    "tga old": ("image/x-tga", lambda: saved(drawing(), "TGA")[:-26]),
    "tga old packed": ("image/x-tga", lambda: saved(drawing(), "TGA", compression="tga_rle")[:-26]),
    "pcx": ("image/x-pcx", lambda: saved(drawing(), "PCX")),
    "ppm": ("image/x-portable-pixmap", lambda: saved(drawing(), "PPM")),
    "pgm": ("image/x-portable-graymap", lambda: saved(drawing().convert("L"), "PPM")),
    "pbm": ("image/x-portable-bitmap", lambda: saved(drawing().convert("1"), "PPM")),
    "pfm": ("image/x-portable-floatmap", lambda: saved(drawing().convert("F"), "PPM")),
    "pam": ("image/x-portable-arbitrarymap", pam),
    "dds": ("image/vnd-ms.dds", lambda: saved(drawing(), "DDS")),
    "qoi": ("image/qoi", lambda: saved(drawing(), "QOI")),
    "dng": ("image/x-adobe-dng", dng),
}
FILMS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "mp4": ("video/mp4", lambda: film("mp4")),
    "mov": ("video/quicktime", lambda: film("mov")),
    "3gp": ("video/3gpp", lambda: film("3gp")),
    "mkv": ("video/x-matroska", lambda: film("matroska")),
    "avi": ("video/x-msvideo", lambda: film("avi")),
    "asf": ("video/x-ms-asf", lambda: film("asf")),
    "flv": ("video/x-flv", lambda: film("flv", "flv")),
    "mpeg": ("video/mpeg", lambda: film("mpeg", "mpeg1video")),
    "ts": ("video/mp2t", lambda: film("mpegts", "mpeg2video")),
}


def _lab() -> Image.Image:
    from PIL import ImageCms

    turned: Image.Image | None = ImageCms.profileToProfile(
        drawing(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert turned is not None
    return turned


def blob_of(data: bytes, name: bytes = b"") -> Blob:
    return Blob(io.BytesIO(data), len(data), name)


def analysed(
    data: bytes, tools: Tools | None = None, stages: frozenset[str] = PIXELS, limits: Limits | None = None
) -> Analysis:
    with blob_of(data) as blob:
        return analyse(blob, identify(blob), stages=stages, limits=limits or Limits(), tools=tools or Tools())


def tagged(data: bytes, *arguments: str) -> bytes:
    """Write tags into a picture with exiftool, from and to memory."""
    done = subprocess.run(["exiftool", *arguments, "-o", "-", "-"], input=data, capture_output=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout

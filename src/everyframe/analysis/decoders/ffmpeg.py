"""FFmpeg as another decoder of pictures, for what the usual ones cannot show: it goes on behind damage where they stop."""

from typing import Any, Final

import numpy as np

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded
from everyframe.analysis.failures import RefusedError, words
from everyframe.analysis.film.container import failures
from everyframe.analysis.limits import Limits
from everyframe.analysis.orientation import jpeg_orientation
from everyframe.analysis.pixels import raster
from everyframe.model.features import Picture

__all__ = ["decode"]

#: MIME type, and the demuxer that reads it; nothing is probed.
_FORMATS: Final[dict[str, str]] = {
    "image/jpeg": "jpeg_pipe",
    "image/png": "png_pipe",
    "image/gif": "gif",
    "image/webp": "webp_pipe",
    "image/bmp": "bmp_pipe",
    "image/tiff": "tiff_pipe",
    "image/jp2": "j2k_pipe",
    "image/jls": "jpegls_pipe",
    "image/qoi": "qoi_pipe",
    "image/vnd-ms.dds": "dds_pipe",
    "image/vnd.adobe.photoshop": "psd_pipe",
    "image/x-sun-raster": "sunrast_pipe",
    "image/x-pcx": "pcx_pipe",
    "image/vnd.zbrush.pcx": "pcx_pipe",
    "image/x-portable-graymap": "pgm_pipe",
    "image/x-portable-pixmap": "ppm_pipe",
    "image/x-portable-bitmap": "pbm_pipe",
    "image/heic": "mov",
    "image/heif": "mov",
    "image/avif": "mov",
}


def decode(blob: Blob, limits: Limits, mime: str) -> Decoded:
    """Decode the first frame, as far as it goes.

    Raises:
        PixelLimitError: the header declares too many pixels.
        RefusedError: nothing comes out, or one flat colour.
    """
    import av

    if mime not in _FORMATS:
        raise RefusedError(f"FFmpeg does not read {mime}")
    av.logging.set_level(None)
    options = {"protocol_whitelist": "none", "probesize": "5000000", "frame_size": str(max(blob.size, 4096))}
    try:
        with av.open(blob.open(), format=_FORMATS[mime], options=_known(options, _FORMATS[mime])) as container:
            frame = _first_frame(container, limits)
            pixels = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            damage = "FFmpeg says that its stream is corrupt" if frame.is_corrupt else ""
    except RefusedError:
        raise
    except failures() as error:
        raise RefusedError(f"FFmpeg: {words(error)}") from error
    if pillow.is_flat(pixels):
        raise RefusedError("FFmpeg: nothing but one colour could be decoded")
    orientation = jpeg_orientation(blob.data()) if mime == "image/jpeg" else 1
    height, width = pixels.shape[:2]
    name = f"FFmpeg {'.'.join(map(str, av.library_versions['libavcodec']))}"
    return Decoded(Picture(width, height, 1, orientation, name, "", damage), raster(pixels, ""))


def _known(options: dict[str, str], form: str) -> dict[str, str]:
    """Leave out what only the readers of single pictures take."""
    return options if form.endswith("_pipe") else {k: v for k, v in options.items() if k != "frame_size"}


def _first_frame(container: Any, limits: Limits) -> Any:  # noqa: ANN401 - PyAV's types are not exported
    stream = next(iter(container.streams.video), None)
    if stream is None:
        raise RefusedError("FFmpeg: there is no picture in it")
    if stream.width and stream.height:
        pillow.within(stream.width, stream.height, limits)
    stream.thread_type = "NONE"
    context = stream.codec_context
    context.thread_count = 1
    context.options = {"flags": "+output_corrupt", "flags2": "+showall", "max_pixels": str(limits.max_pixels)}
    frame = next(container.decode(stream), None)
    if frame is None:
        raise RefusedError("FFmpeg: no frame could be decoded")
    return frame

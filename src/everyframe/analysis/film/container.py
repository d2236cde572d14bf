"""Open a film with PyAV in the one format that its signature stands for, so that nothing is probed or followed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.failures import DECODING, RefusedError, words

__all__ = ["FORMATS", "failures", "film_stream", "opened"]

#: MIME type, and the demuxer that reads it.
FORMATS: Final[dict[str, str]] = {
    "application/mxf": "mxf",
    "application/vnd.rn-realmedia": "rm",
    "video/h264": "h264",
    "video/h265": "hevc",
    "video/mp2t": "mpegts",
    "video/ogg": "ogg",
    "video/webm": "matroska",
    "video/x-flv": "flv",
    "video/x-ivf": "ivf",
    "video/x-matroska": "matroska",
    "video/x-ms-asf": "asf",
    "video/x-ms-wtv": "wtv",
    "video/x-msvideo": "avi",
    "video/x-nsv": "nsv",
    "video/x-yuv4mpeg": "yuv4mpegpipe",
}
_ISO: Final = "mov"
_OPTIONS: Final = {"protocol_whitelist": "none", "probesize": "5000000", "analyzeduration": "5000000"}
_SEQUENCE: Final = b"\x00\x00\x01\xb3"


def failures() -> tuple[type[BaseException], ...]:
    """Give what PyAV raises on bad content beside what all decoders raise."""
    from av.error import FFmpegError

    return (FFmpegError, *DECODING)


def _format(blob: Blob, mime: str) -> str:
    if mime == "video/mpeg":
        return "mpegvideo" if blob.head(4) == _SEQUENCE else "mpeg"
    return FORMATS.get(mime, _ISO)


@contextmanager
def opened(blob: Blob, mime: str) -> Iterator[Any]:
    """Open the container; closed at the end of the block.

    Raises:
        RefusedError: when it cannot be opened.
    """
    import av

    av.logging.set_level(None)
    try:
        container = av.open(
            blob.open(), format=_format(blob, mime), options=_OPTIONS, metadata_errors="replace", buffer_size=1 << 16
        )
    except failures() as error:
        raise RefusedError(words(error)) from error
    try:
        yield container
    finally:
        container.close()


def film_stream(container: Any) -> Any:  # noqa: ANN401 - PyAV's types are not exported
    """Give the stream of pictures to show, set to decode on this thread alone; None when there is none."""
    streams = [stream for stream in container.streams.video if stream.codec_context is not None]
    if not streams:
        return None
    best = max(streams, key=lambda stream: (stream.width * stream.height, -stream.index))
    best.thread_type = "NONE"
    best.codec_context.thread_count = 1
    return best

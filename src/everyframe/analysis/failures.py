"""What the decoding libraries raise on bad content, named so that nothing broader has to be caught."""

import struct
import zlib
from typing import Final

from PIL import Image

from everyframe.errors import EvidenceError

__all__ = ["DECODING", "PixelLimitError", "RefusedError", "words"]


class RefusedError(ValueError):
    """Say that a decoder of ours declines a content; the message is the reason a person reads."""


class PixelLimitError(RefusedError):
    """Say that a picture declares more pixels than the limit."""


#: Pillow raises OSError and SyntaxError on purpose, and ValueError, TypeError, struct.error, EOFError, LookupError,
#: ArithmeticError, AttributeError and AssertionError where a field it trusts is wrong; simplejpeg and pi-heif ValueError
#: and RuntimeError; imagecodecs and tifffile RuntimeError, ValueError and zlib.error; PyAV's errors are OSError,
#: ValueError or RuntimeError by inheritance; all of them MemoryError. EvidenceError comes from the bytes below.
DECODING: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    struct.error,
    EOFError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    MemoryError,
    zlib.error,
    Image.DecompressionBombError,
    EvidenceError,
)


def words(error: BaseException) -> str:
    """Give an error as one printable line of at most 300 characters, with no address of memory or object in it."""
    said = error.args[0] if error.args else ""
    said = getattr(error, "strerror", None) or said
    text = " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or error)).split())
    text = "".join(c if c.isprintable() else "?" for c in text).split(" object at 0x")[0].split("<_io.")[0]
    return (text or type(error).__name__)[:300].rstrip(" :")

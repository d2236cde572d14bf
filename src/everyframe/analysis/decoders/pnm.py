"""The portable bitmaps: PBM, PGM, PPM, their text forms, PFM and PAM."""

import io
import re
from dataclasses import replace
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.failures import RefusedError
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_GAP: Final = rb"(?:\s|#[^\n\r]*[\n\r])"
_HEADER: Final = re.compile(rb"P([1-6fF])" + _GAP + rb"+\d{1,7}" + _GAP + rb"+\d{1,7}" + _GAP)
_PAM: Final = re.compile(rb"P7\n(?:#[^\n]*\n|(?:WIDTH|HEIGHT|DEPTH|MAXVAL|TUPLTYPE) [^\n]{1,40}\n){3,20}ENDHDR\n")
_TYPES: Final = {
    b"1": "bitmap",
    b"4": "bitmap",
    b"2": "graymap",
    b"5": "graymap",
    b"3": "pixmap",
    b"6": "pixmap",
    b"f": "floatmap",
    b"F": "floatmap",
}
_PLAN = pillow.Plan(("PPM",))


def sniff(blob: Blob) -> str:
    """Know one by its letter, its digit and two numbers after it."""
    head = blob.head(1024)
    if found := _HEADER.match(head):
        return f"image/x-portable-{_TYPES[found[1]]}"
    return "image/x-portable-arbitrarymap" if _PAM.match(head) else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow; a PAM of one or three channels as the PGM or PPM that it would be."""
    if blob.head(2) != b"P7":
        return pillow.decode(blob, limits, _PLAN)
    data = _as_older(blob.data())
    decoded = pillow.decode(Blob(io.BytesIO(data), len(data), blob.name, blob.beat), limits, _PLAN)
    return replace(
        decoded, picture=replace(decoded.picture, seen="; ".join(filter(None, ["PAM", decoded.picture.seen])))
    )


def _as_older(data: bytes) -> bytes:
    header, _, body = data.partition(b"ENDHDR\n")
    fields = dict(line.split(None, 1) for line in header.splitlines()[1:] if b" " in line and not line.startswith(b"#"))
    width, height, depth, top = (int(fields[key]) for key in (b"WIDTH", b"HEIGHT", b"DEPTH", b"MAXVAL"))
    letter = {1: b"P5", 3: b"P6"}.get(depth)
    if letter is None:
        raise RefusedError(f"PAM of {depth} channels")
    return b"%b %d %d %d\n" % (letter, width, height, max(top, 1)) + body


DECODER = Decoder("pnm", sniff, decode)

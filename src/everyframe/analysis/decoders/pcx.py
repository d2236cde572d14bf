"""PC Paintbrush: a weak signature, so that every field of the header has to fit."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_HEADER: Final = 128
_VERSIONS: Final = frozenset({0, 2, 3, 4, 5})
#: Bits a pixel, planes.
_DEPTHS: Final = frozenset({(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (4, 1), (8, 1), (8, 3), (8, 4)})
_PLAN = pillow.Plan(("PCX",))


def sniff(blob: Blob) -> str:
    """Know a PCX by a header in which size, depth and bytes a line agree and the reserved bytes are zero."""
    head = blob.head(_HEADER)
    if len(head) < _HEADER or head[0] != 10 or head[1] not in _VERSIONS or head[2] != 1 or head[64]:  # noqa: PLR2004 - as the format has it
        return ""
    left, top, right, bottom = (int.from_bytes(head[i : i + 2], "little") for i in (4, 6, 8, 10))
    line = int.from_bytes(head[66:68], "little")
    needed = ((right - left + 1) * head[3] + 7) // 8
    fits = (head[3], head[65]) in _DEPTHS and right >= left and bottom >= top and needed <= line <= needed + 8
    return "image/x-pcx" if fits and not any(head[74:128]) else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("pcx", sniff, decode)

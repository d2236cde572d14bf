"""JPEGs that lie ahead, sought before the search comes there: none of their bytes belongs to another picture.

Data of other pictures go on for long where the second part of a broken one is tried; to know them spares
that. What was found is kept until the search comes there, so that no picture is walked through twice.
"""

from typing import Final

from everyframe.evidence.carving.carved import Span
from everyframe.evidence.carving.jpeg_walk import Broken, Segment, Walk, walk
from everyframe.evidence.carving.space import View

__all__ = ["found_ahead", "lying_ahead"]

WINDOW: Final = 1 << 16
#: What looking into a start costs at least, in bytes.
LOOK: Final = 4096
#: Bytes before the break of a picture that may be foreign to it.
UNSURE: Final = 1 << 16
BEGIN: Final = b"\xff\xd8\xff"


def found_ahead(view: View, start: int) -> tuple[int, list[Segment]] | None:
    """Return where a picture ends that was found before, and its segments; pictures before it are forgotten."""
    ahead = view.ahead
    for begin, end in ahead.spans:
        if end <= start:
            ahead.walked.pop(begin, None)
    ahead.spans = [span for span in ahead.spans if span[1] > start]
    return ahead.walked.get(start)


def lying_ahead(view: View, low: int, high: int) -> list[Span]:
    """Return first and last position, plus one, of the pictures that reach into a span, as far as they hold.

    Positions are looked at once, as far as the allowance for joining goes; some may be missing.
    """
    ahead = view.ahead
    ahead.end = max(ahead.end, low)
    while ahead.end < min(high, view.size) and view.joining_left > 0:
        _look(view)
    return [span for span in ahead.spans if span[1] > low and span[0] < high]


def _look(view: View) -> None:
    """Look at one window more, or up to the end of the first picture in it."""
    ahead = view.ahead
    data = view.read(ahead.end, WINDOW + len(BEGIN) - 1)
    view.joining_left -= len(data)
    place = data.find(BEGIN)
    while place >= 0 and view.joining_left > 0:
        start = ahead.end + place
        behind = _walked(view, start)
        if behind:
            ahead.end = behind
            return
        place = data.find(BEGIN, place + 1)
    ahead.end += WINDOW


def _walked(view: View, start: int) -> int:
    work, found = view.work, Walk(start, start + 2)
    try:
        end = walk(view, found)
    except Broken as broken:
        end, sure = 0, broken.position - UNSURE
        if found.data_from and sure > start:
            view.ahead.spans.append((start, sure))
    view.joining_left -= LOOK + view.work - work
    if end:
        view.ahead.spans.append((start, end))
        view.ahead.walked[start] = end, found.segments
    return end

"""A few moments spread over a film, reached by seeking to key frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from everyframe.analysis.failures import words
from everyframe.analysis.film.container import failures
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels

__all__ = ["Moments", "find_moments"]

_MICRO: Final = 1_000_000
_RIGHT_ANGLE: Final = 90
#: Seconds by which the last frame may come before the moment looked for.
_SLACK: Final = 2.0
#: Streams in which a seek lands near a moment only, so that finding nothing behind it says nothing.
_WITHOUT_INDEX: Final = frozenset({"mpegts", "mpeg", "mpegvideo", "h264", "hevc"})


@dataclass(slots=True)
class Moments:
    """Gather what was found: frames by their time stamp, and what went wrong on the way."""

    frames: dict[int, Pixels] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def in_order(self) -> tuple[Pixels, ...]:
        """Give the frames by time."""
        return tuple(self.frames[stamp] for stamp in sorted(self.frames))


def find_moments(container: Any, stream: Any, limits: Limits, beat: Callable[[], None]) -> Moments:  # noqa: ANN401 - PyAV has no types
    """Decode up to nine frames; from a film that gives no length or cannot seek, key frames from its start too."""
    found = Moments()
    length = _length(container, stream)
    if length > 0:
        reach = max(1, limits.video_pixels // limits.frames_shown // max(1, stream.width * stream.height))
        for number in range(limits.frames_shown):
            beat()
            target = length * (2 * number + 1) // (2 * limits.frames_shown)
            _at(container, stream, target, found, reach, limits)
    if len(found.frames) <= limits.frames_shown // 2:
        _from_start(container, stream, found, limits, beat)
    return found


def _length(container: Any, stream: Any) -> int:  # noqa: ANN401 - PyAV has no types
    """Give the length in microseconds, 0 when neither the stream nor the container says."""
    if stream.duration and stream.time_base:
        return int(stream.duration * stream.time_base * _MICRO)
    return int(container.duration or 0)


def _at(container: Any, stream: Any, target: int, found: Moments, reach: int, limits: Limits) -> None:  # noqa: ANN401 - PyAV has no types
    """Show the key frame before a moment; when that is shown already, go on towards the moment as far as allowed."""
    try:
        start = container.start_time or 0
        container.seek(start + target, backward=True)
        last = _walk(container, stream, (start + target) / _MICRO, found, reach, limits)
        if last is not None:
            found.frames.setdefault(_stamp(last), _pixels(last, stream, limits))
    except failures() as error:
        found.troubles.append(words(error))


def _walk(container: Any, stream: Any, wanted: float, found: Moments, reach: int, limits: Limits) -> Any:  # noqa: ANN401 - PyAV has no types
    """Give the frame to show for a moment, in seconds, from where the container stands; None when there is none."""
    last = None
    for passed, frame in enumerate(_decoded(container, stream, limits)):
        last = frame
        if passed == 0 and _stamp(frame) not in found.frames:
            return frame
        if passed >= reach or (frame.time is not None and frame.time >= wanted):
            return frame
    ended = last.time if last is not None and last.time is not None else None
    indexed = container.format.name not in _WITHOUT_INDEX
    if indexed and (ended is None or wanted - ended > _SLACK):
        found.troubles.append(f"nothing follows {ended or 0:.1f} s on the way to {wanted:.1f} s")
    return last


def _decoded(container: Any, stream: Any, limits: Limits) -> Iterator[Any]:  # noqa: ANN401 - PyAV has no types
    """Give frames from where the container stands, over packets that do not decode, up to a number of packets."""
    for number, packet in enumerate(container.demux(stream)):
        if number > limits.video_packets:
            return
        try:
            frames = packet.decode()
        except failures():
            continue
        yield from frames


def _from_start(container: Any, stream: Any, found: Moments, limits: Limits, beat: Callable[[], None]) -> None:  # noqa: ANN401 - PyAV has no types
    """Show key frames from the start, thinned out so that they stay spread over what was read."""
    stream.codec_context.skip_frame = "NONKEY"
    kept: list[tuple[int, Pixels]] = []
    every, count = 1, 0
    try:
        _rewind(container)
        for frame in _decoded(container, stream, limits):
            beat()
            if count % every == 0:
                kept.append((_stamp(frame), _pixels(frame, stream, limits)))
            count += 1
            if len(kept) > 2 * limits.frames_shown:
                kept, every = kept[::2], every * 2
    except failures() as error:
        found.troubles.append(words(error))
    step = max(1, -(-len(kept) // limits.frames_shown))
    for stamp, pixels in kept[::step]:
        found.frames.setdefault(stamp, pixels)


def _rewind(container: Any) -> None:  # noqa: ANN401 - PyAV has no types
    try:
        container.seek(container.start_time or 0, backward=True)
    except failures():
        return


def _stamp(frame: Any) -> int:  # noqa: ANN401 - PyAV has no types
    """Give a frame's time in milliseconds, 0 when it has none."""
    return round(frame.time * 1000) if frame.time is not None else 0


def _pixels(frame: Any, stream: Any, limits: Limits) -> Pixels:  # noqa: ANN401 - PyAV has no types
    """Give a frame reduced, in the shape in which it is meant to be shown, upright."""
    ratio = stream.sample_aspect_ratio
    shape = float(ratio) if ratio and 0.1 < float(ratio) < 10 else 1.0  # noqa: PLR2004 - what a lens could do
    width, height = frame.width * max(shape, 1.0), frame.height / min(shape, 1.0)
    share = min(1.0, limits.frame_side / max(width, height))
    size = max(1, round(width * share)), max(1, round(height * share))
    pixels = frame.reformat(width=size[0], height=size[1], format="rgb24").to_ndarray()
    turns = round((getattr(frame, "rotation", 0) or 0) / _RIGHT_ANGLE)
    return np.ascontiguousarray(np.rot90(pixels, turns))

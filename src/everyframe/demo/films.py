"""Make short films: a camera that pans over two or three scenes, cut together."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av import VideoStream
from PIL import Image

from everyframe.demo.noise import stream
from everyframe.demo.scenes import Scene, draw_scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everyframe.demo.edits import Value
    from everyframe.demo.paint import Pixels, Rng, Size

RATE = 12

CONTAINERS: tuple[tuple[str, str, str], ...] = (
    ("mp4", "mp4", "mpeg4"),
    ("avi", "avi", "mjpeg"),
    ("mkv", "matroska", "mpeg4"),
)
"""Extension, container and codec of each kind of film; all encoders are part of every PyAV build."""


@dataclass(frozen=True, slots=True)
class Film:
    """Hold what one film shows. Equal films give equal bytes."""

    scenes: tuple[Scene, ...]
    container: int
    size: Size
    seed: tuple[int, ...]


def make_film(film: Film) -> tuple[bytes, Mapping[str, Value]]:
    """Return the bytes of a film and where it is cut, in seconds."""
    rng = stream(*film.seed)
    lengths = [int(rng.integers(RATE, RATE * 5 // 2)) for _ in film.scenes]
    _, container, codec = CONTAINERS[film.container]
    out = io.BytesIO()
    options = {"fflags": "+bitexact"}
    with av.open(out, "w", format=container, container_options=options) as target:
        track = cast("VideoStream", target.add_stream(codec, rate=RATE, options={"flags": "+bitexact", "threads": "1"}))
        track.width, track.height = film.size.pair
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        track.bit_rate = 900_000
        for image in _pictures(film, lengths, rng):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            target.mux(track.encode(frame))
        target.mux(track.encode())
    cuts = np.cumsum(lengths)
    seconds = [round(float(cut) / RATE, 3) for cut in cuts]
    parameters: dict[str, Value] = {"codec": codec, "seconds": seconds[-1], "scenes": len(lengths)}
    parameters["cuts"] = " ".join(str(second) for second in seconds[:-1])
    return out.getvalue(), parameters


def _pictures(film: Film, lengths: list[int], rng: Rng) -> Iterator[Pixels]:
    for scene, length in zip(film.scenes, lengths, strict=True):
        image = Image.fromarray(draw_scene(scene))
        start, end = rng.uniform(0, 1, 2), rng.uniform(0, 1, 2)
        zoom = rng.uniform(1.3, 2.0)
        for step in range(length):
            share = start + (end - start) * step / length
            yield _window(image, film.size, (float(share[0]), float(share[1]), zoom))


def _window(image: Image.Image, size: Size, place: tuple[float, float, float]) -> Pixels:
    x, y, zoom = place
    wide = min(image.width, image.height * size.width / size.height) / zoom
    tall = wide * size.height / size.width
    left, top = (image.width - wide) * x, (image.height - tall) * y
    box = (left, top, left + wide, top + tall)
    return np.asarray(image.resize(size.pair, Image.Resampling.BILINEAR, box=box))

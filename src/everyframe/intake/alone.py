"""One piece of work on untrusted bytes in a process of its own, with the limits of a worker, while somebody waits.

For a picture that a person uploads to search by, and for the crop of a clue. The caller never decodes.
"""

import contextlib
import io
import multiprocessing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from everyframe.ending import die_with_parent
from everyframe.errors import WorkerError
from everyframe.intake import pool, sandbox

__all__ = ["Crop", "Hashed", "crop_alone", "hash_alone"]

_SECONDS: Final = 60.0
_MEMORY: Final = 2 << 30


@dataclass(frozen=True, slots=True)
class Hashed:
    """Hold the perceptual hash (32 bytes) of an uploaded picture, upright, and its quality; or what was wrong."""

    pdq: bytes = b""
    quality: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Crop:
    """Hold a crop as JPEG, with its size in pixels."""

    data: bytes
    width: int
    height: int


def hash_alone(data: bytes) -> Hashed:
    """Hash a picture of any kind that intake can decode.

    Raises:
        WorkerError: the process died or took too long.
    """
    found: Hashed = _alone("hash", (data,))
    return found


def crop_alone(jpeg: bytes, box: tuple[float, float, float, float]) -> Crop:
    """Cut a rectangle (left, top, width, height, as shares) out of a preview, at most 640 pixels on its longer side.

    Raises:
        WorkerError: the process died or took too long.
    """
    found: Crop = _alone("crop", (jpeg, box))
    return found


def _alone(name: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - what the work gives
    ours, theirs = multiprocessing.Pipe()
    process = pool.process(_main, theirs, name, arguments)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_SECONDS):
            raise WorkerError("this picture took too long to decode")
        return ours.recv()
    except EOFError as error:
        raise WorkerError("the process that decodes ended without an answer: the picture asks for too much") from error
    finally:
        ours.close()
        process.kill()
        process.join()


def _main(connection: Connection, name: str, arguments: tuple[Any, ...]) -> None:
    die_with_parent()
    sandbox.reset_signals()
    _warm()
    sandbox.confine(_MEMORY)
    sandbox.arm_cpu(int(_SECONDS))
    with contextlib.suppress(BrokenPipeError):
        connection.send(_hash(*arguments) if name == "hash" else _crop(*arguments))


def _warm() -> None:
    """Load what the work needs before the limits.

    Libmagic is looked for with the help of other programs, and the compiled hash is kept in a file.
    """
    import numpy as np

    from everyframe.analysis import Blob, identify
    from everyframe.analysis.perceptual import pdq

    pdq(np.zeros((64, 64, 3), dtype=np.uint8))
    with Blob(io.BytesIO(b"\xff\xd8\xff"), 3) as blob:
        identify(blob)


def _hash(data: bytes) -> Hashed:
    from everyframe.analysis import Blob, Limits, Tools, analyse, identify

    with Tools() as tools, Blob(io.BytesIO(data), len(data)) as blob:
        found = identify(blob)
        stages = frozenset({"preview", "pdq"})
        done = analyse(blob, found, stages=stages, limits=Limits(), tools=tools)
    if done.hash is None:
        reasons = "; ".join(problem.reason for problem in done.problems)
        return Hashed(problem=reasons or f"a file of type {found.mime} shows no picture to search by")
    upright = done.hash.upright_pdq or done.hash.pdq
    return Hashed(upright, done.hash.upright_quality or done.hash.quality)


def _crop(jpeg: bytes, box: tuple[float, float, float, float]) -> Crop:
    from everyframe.analysis.crops import cut

    made = cut(jpeg, box)
    return Crop(made.data, made.width, made.height)

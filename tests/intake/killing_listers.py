"""Listers that die or hang part of the way through a volume."""

import os
import signal
import time
from typing import TYPE_CHECKING, Any

from everyframe.intake.image_lister import lister_main

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

DEADLY = b"p5"


class _Deadly:
    """Pass messages on; die at the first that names a deadly path, as a crash inside a library would."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def send_bytes(self, data: bytes) -> None:
        if DEADLY in data:
            os.kill(os.getpid(), signal.SIGSEGV)
        self._connection.send_bytes(data)


def dying_lister(
    connection: "Connection[Any, Any]", path: bytes, task: str, key: str | None, skip: int, part: int
) -> None:
    lister_main(_Deadly(connection), path, task, key, skip, part)  # type: ignore[arg-type]


def hanging_lister(
    connection: "Connection[Any, Any]", path: bytes, task: str, key: str | None, skip: int, part: int
) -> None:
    time.sleep(600)


def lying_lister(
    connection: "Connection[Any, Any]", path: bytes, task: str, key: str | None, skip: int, part: int
) -> None:
    connection.send_bytes(b"\x80\x04cos\nsystem\n.")

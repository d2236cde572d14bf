"""Ending with the process that started one: no helper stays behind when whoever it works for was killed."""

import ctypes
import os
import signal
from typing import Final

__all__ = ["die_with_parent"]

_SET_DEATH_SIGNAL: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Ask the system to kill this process when the one that started it ends, and end now if it has already."""
    parent = os.getppid()
    _LIBC.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)

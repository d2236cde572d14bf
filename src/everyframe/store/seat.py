"""Seats: who may write to a case.

A case has one seat for intake and one for review, so that a person can look and decide while an exhibit is taken in.
Each seat is held by one process at a time, through a lock that the system lets go of when the process ends, however it
ends. Their transactions follow one another through the database's own write lock.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from everyframe.errors import CaseInUse
from everyframe.model.clock import now

__all__ = ["holder", "seat"]


def holder(directory: Path, name: str) -> dict[str, str] | None:
    """Tell who holds a seat, or None when it is free."""
    path = _path(directory, name)
    if not path.exists():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(path)
    return None


@contextmanager
def seat(directory: Path, name: str, *, purpose: str) -> Iterator[None]:
    """Hold a seat of the case in ``directory`` while the block runs.

    Raises:
        CaseInUse: another process holds it; the message names that process.
    """
    path = _path(directory, name)
    path.parent.mkdir(exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CaseInUse(_message(directory, name, _read(path))) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_self(purpose)).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _path(directory: Path, name: str) -> Path:
    return directory / "locks" / f"{name}.lock"


def _self(purpose: str) -> dict[str, str]:
    return {"pid": str(os.getpid()), "host": socket.gethostname(), "since": now(), "purpose": purpose}


def _read(path: Path) -> dict[str, str]:
    try:
        held: dict[str, str] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return held


def _message(directory: Path, name: str, held: dict[str, str]) -> str:
    who = f"process {held.get('pid', '?')} on {held.get('host', '?')} ({held.get('purpose', '?')})"
    return (
        f"{directory} is in use for {name}: held by {who} since {held.get('since', '?')}. "
        "Wait until it ends, or stop it; intake goes on where it stopped."
    )

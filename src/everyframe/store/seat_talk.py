"""What the holder of the ``intake`` seat says of its work, and what others ask of it: two small files beside the lock.

They speak of one process, named by its id, and mean nothing once it has let go of the seat. Nothing of the case hangs on
them: who asked what is in the audit.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from everyframe.model.clock import now
from everyframe.store.seat import holder

__all__ = ["ASKS", "ask", "asked", "forget", "said", "say", "wish"]

SEAT = "intake"
#: What can be asked of a run: to hold on, to go on after that, to store what is in hand and end.
ASKS = ("pause", "go-on", "stop")


def say(directory: Path, moment: dict[str, Any]) -> None:
    """State how far this process is; a disk that is full does not end the work for it."""
    path = directory / "locks" / f"{SEAT}.now"
    with contextlib.suppress(OSError):
        part = path.with_suffix(".now.part")
        part.write_text(json.dumps(moment | {"pid": str(os.getpid()), "at": now()}), "utf-8")
        part.replace(path)


def said(directory: Path) -> dict[str, Any] | None:
    """Give what the present holder of the seat said last; nothing when it said nothing, or the seat is free."""
    held, found = holder(directory, SEAT), _read(directory / "locks" / f"{SEAT}.now")
    return found if held and found.get("pid") == held.get("pid") else None


def ask(directory: Path, what: str, actor: str) -> bool:
    """Ask something of the present holder of the seat; False when nobody holds it."""
    held, path = holder(directory, SEAT), directory / "locks" / f"{SEAT}.asked"
    if held is None:
        return False
    if what == "go-on":
        path.unlink(missing_ok=True)
        return True
    part = path.with_suffix(".asked.part")
    part.write_text(json.dumps({"do": what, "by": actor, "at": now(), "pid": held.get("pid", "")}), "utf-8")
    part.replace(path)
    return True


def asked(directory: Path) -> dict[str, Any]:
    """Give what was asked of this process and still stands: ``do``, ``by`` and ``at``, or nothing."""
    found = _read(directory / "locks" / f"{SEAT}.asked")
    return found if found.get("pid") == str(os.getpid()) else {}


def wish(directory: Path) -> str:
    """Give what was asked of the present holder of the seat, and still stands; nothing where nothing was."""
    held, found = holder(directory, SEAT), _read(directory / "locks" / f"{SEAT}.asked")
    return str(found.get("do", "")) if held and found.get("pid") == held.get("pid") else ""


def forget(directory: Path) -> None:
    """Take away what was said and asked; the holder does this when it begins and when it ends."""
    for name in ("now", "asked"):
        with contextlib.suppress(OSError):
            (directory / "locks" / f"{SEAT}.{name}").unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

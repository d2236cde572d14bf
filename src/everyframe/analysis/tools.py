"""Programs that work beside us and are kept running over many contents."""

import os
import select
import shutil
import subprocess
import time
from typing import Final, Self

from everyframe.analysis.blob import Blob
from everyframe.analysis.orientation import scan_start
from everyframe.analysis.scratch import WHOLE_COPY, Scratch
from everyframe.ending import die_with_parent

__all__ = ["ToolError", "Tools"]

_ARGUMENTS: Final = ("-j", "-a", "-G1:4", "-n", "-struct", "-e", "-api", "largefilesupport=1", "--System:all")
#: Spares the search for what other programs append to a JPEG; all else is read as without it.
_NO_TRAILER: Final = ("-fast",)
_PIPE: Final = 1 << 16


class ToolError(RuntimeError):
    """Say that a program died, hung or gave no answer on one content."""


class Tools:
    """Hold the metadata reader: started when it is first asked, started again when it dies or hangs.

    Use as a context manager; leaving it ends the program.
    """

    def __init__(self, program: str = "exiftool") -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._serial = 0
        self._scratch = Scratch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the program; a program that does not listen is killed."""
        self._scratch.close()
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if process.stdin:
                process.stdin.write(b"-stay_open\nFalse\n")
                process.stdin.flush()
            process.wait(timeout=1)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        finally:
            _close_pipes(process)

    def available(self) -> bool:
        """Tell whether the program is installed."""
        return shutil.which(self.program) is not None

    def tags(self, blob: Blob, seconds: float) -> str:
        """Read all tags of a content as the JSON text of one object.

        Raises:
            ToolError: when the program is missing, dies, takes longer than ``seconds``, or gives no JSON.
            EvidenceError: when the content cannot be read.
        """
        head = _head_of_picture(blob)
        arguments = _ARGUMENTS + (_NO_TRAILER if head is not None else ())
        answer = self.ask([*arguments, self._scratch.hold(blob, head)], seconds).decode("utf-8", "replace").strip()
        if not answer.startswith("[") or not answer.endswith("]"):
            raise ToolError(f"no answer: {answer[:200] or 'empty'}")
        return answer[1:-1].strip()

    def ask(self, arguments: list[str], seconds: float) -> bytes:
        """Run one command in the program that is kept open, and give its output.

        Raises:
            ToolError: when it is missing, dies, or takes longer than ``seconds``; the next call starts it again.
        """
        process = self._running()
        self._serial += 1
        lines = [*arguments, f"-execute{self._serial}", ""]
        try:
            _send(process, "\n".join(lines).encode("utf-8", "surrogateescape"))
            return self._receive(process, b"{ready%d}" % self._serial, time.monotonic() + seconds)
        except OSError as error:
            raise ToolError(self._ended(process)) from error
        except ToolError:
            self._kill()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell, no names from evidence
                    [self.program, "-stay_open", "True", "-@", "-"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                    preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call; whoever starts it has one thread
                )
            except OSError as error:
                raise ToolError(f"{self.program} cannot be started: {error.strerror}") from error
        return self._process

    def _receive(self, process: subprocess.Popen[bytes], mark: bytes, deadline: float) -> bytes:
        if process.stdout is None:
            raise ToolError("no pipe")
        descriptor = process.stdout.fileno()
        parts: list[bytes] = []
        while not b"".join(parts[-2:])[-64:].rstrip().endswith(mark):
            if not select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise ToolError("no answer in time")
            part = os.read(descriptor, _PIPE)
            if not part:
                raise ToolError(self._ended(process))
            parts.append(part)
        return b"".join(parts).rstrip()[: -len(mark)]

    def _ended(self, process: subprocess.Popen[bytes]) -> str:
        """Say how the program ended, which shuts its pipes a little before it can be waited for."""
        try:
            status = process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "closed its pipe"
        finally:
            self._kill()
        return f"ended with status {status}"

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            _close_pipes(process)


def _head_of_picture(blob: Blob) -> int | None:
    """Give how much of a JPEG with nothing behind its last end marker is read for tags; None of all else.

    The reader stops where the picture data start; a little more is handed over, since it reads in blocks.
    """
    if blob.head(3) != b"\xff\xd8\xff" or blob.tail(2) != b"\xff\xd9":
        return None
    start = scan_start(blob.data()) if blob.size <= WHOLE_COPY else None
    return blob.size if start is None else min(blob.size, start + _PIPE)


def _send(process: subprocess.Popen[bytes], text: bytes) -> None:
    if process.stdin is None:
        raise ToolError("no pipe")
    process.stdin.write(text)
    process.stdin.flush()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue

"""Opening a content through the containers around it; containers stay open while the next item is in the same one."""

import contextlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.archive import ArchiveLimits, ArchiveReader
from everyframe.evidence.disk import MARK
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.reader import Reader
from everyframe.intake.wire import Item, Step
from everyframe.model.entry import Entry

__all__ = ["Opener"]


class Opener:
    """Keep one stack of open containers, outermost first.

    Args:
        limits: for archives.
        beat: called during long reads.
    """

    def __init__(self, limits: ArchiveLimits, beat: Callable[[], None]) -> None:
        self._limits = limits
        self._beat = beat
        self._stack: list[tuple[object, Reader, contextlib.ExitStack]] = []

    @contextlib.contextmanager
    def content(self, item: Item) -> Iterator[BinaryIO]:
        """Open the content of an item, read-only and seekable.

        Raises:
            EvidenceError: it, or a container around it, cannot be read.
        """
        reader = self._reader(item.root, item.steps[:-1], item.steps[0])
        with contextlib.closing(reader.open(_entry(item.steps[-1]))) as stream:
            yield stream

    @contextlib.contextmanager
    def archive(self, item: Item) -> Iterator[ArchiveReader]:
        """Open an item as an archive, for listing its members."""
        with self.content(item) as stream:
            reader = ArchiveReader(stream, item.steps[-1].member, self._limits, self._beat)
            with contextlib.closing(reader):
                yield reader

    def close(self) -> None:
        """Close every container."""
        self._keep(0)

    def _source(self, root: bytes, first: Step) -> Reader:
        if not first.locator.startswith(MARK):
            return FolderReader(root)
        from everyframe.evidence.disk.image import ImageReader

        return ImageReader(root, self._beat)

    def _reader(self, root: bytes, steps: tuple[Step, ...], first: Step) -> Reader:
        keys: list[object] = [root, *(s.file_id for s in steps)]
        same = 0
        while same < min(len(keys), len(self._stack)) and self._stack[same][0] == keys[same]:
            same += 1
        self._keep(same)
        if not self._stack:
            self._push(root, self._source(root, first), contextlib.ExitStack())
        for step in steps[len(self._stack) - 1 :]:
            self._descend(step)
        return self._stack[-1][1]

    def _descend(self, step: Step) -> None:
        with contextlib.ExitStack() as held:
            stream = held.enter_context(contextlib.closing(self._stack[-1][1].open(_entry(step))))
            reader = ArchiveReader(stream, step.member, self._limits, self._beat)
            self._push(step.file_id, reader, held.pop_all())

    def _push(self, key: object, reader: Reader, held: contextlib.ExitStack) -> None:
        held.callback(reader.close)
        self._stack.append((key, reader, held))

    def _keep(self, count: int) -> None:
        while len(self._stack) > count:
            _, _, held = self._stack.pop()
            with contextlib.suppress(EvidenceError, OSError):
                held.close()


def _entry(step: Step) -> Entry:
    return Entry(step.member, size=step.size, locator=step.locator)

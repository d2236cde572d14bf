"""Where bytes come from: one reader a file, each listing what it holds and opening it read-only."""

from everyframe.evidence.archive import ArchiveReader
from everyframe.evidence.disk.image import ImageReader
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.reader import Reader

__all__ = ["READERS", "ArchiveReader", "FolderReader", "ImageReader", "Reader"]

READERS: tuple[type[Reader], ...] = (FolderReader, ArchiveReader, ImageReader)
"""Every reader there is; a new one is a file and a line here."""

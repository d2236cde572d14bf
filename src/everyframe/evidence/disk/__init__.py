"""Disk images: containers, volumes, file systems, and what is left of deleted files."""

__all__ = ["MARK"]

MARK = "@"
"""Begins every locator of a file within an image."""

"""The type of everything that is neither picture, film nor archive, by libmagic."""

from functools import cache
from typing import Any, Final

from everyframe.analysis.blob import Blob
from everyframe.errors import WorkerError

__all__ = ["other_type"]

_BYTES: Final = 8192
UNKNOWN: Final = "application/octet-stream"


@cache
def _library() -> Any:  # noqa: ANN401 - python-magic has no types
    try:
        import magic
    except ImportError as error:
        raise WorkerError(f"libmagic is not installed (Debian: apt install libmagic1): {error}") from error
    return magic.Magic(mime=True)


def other_type(blob: Blob) -> str:
    """Give libmagic's MIME type of the first bytes; ``application/octet-stream`` where it has none."""
    import magic

    library = _library()
    try:
        found = str(library.from_buffer(blob.head(_BYTES)))
    except magic.MagicException:
        return UNKNOWN
    return found if "/" in found else UNKNOWN

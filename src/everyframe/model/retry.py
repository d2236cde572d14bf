"""Reading again what left a Warning: in which manner, which Warnings can be read again, and what came of it."""

from dataclasses import dataclass
from enum import StrEnum, unique

from everyframe.model.states import MediaKind
from everyframe.model.warning import WarningCode

__all__ = ["MANNER_MEANING", "Asked", "Manner", "Reread", "offers"]


@unique
class Manner(StrEnum):
    """Name how a file is read again; ``MANNER_MEANING`` says what is different."""

    AGAIN = "again"
    DECODER = "decoder"
    LIMITS = "limits"


@unique
class Reread(StrEnum):
    """Name what came of reading again: only the first four change what the case holds of the file."""

    SHOWN = "shown"  # it can be looked at now
    BESIDE = "beside"  # another decoder shows it too: its picture stands beside the first
    READ = "read"  # it could be read, and what was found of it is stored
    MORE = "more"  # the archive gave further members
    FAILED = "failed"
    DIFFERS = "differs"  # the bytes, or the members, are others than those that were taken in


MANNER_MEANING: dict[Manner, str] = {
    Manner.AGAIN: "the same way, for a file that can be read by now",
    Manner.DECODER: "by another decoder (FFmpeg)",
    Manner.LIMITS: "with larger limits of pixels, frames, memory and time",
}

_LIMITS = (Manner.LIMITS,)
_OFFERS: dict[WarningCode, tuple[Manner, ...]] = {
    WarningCode.UNREADABLE_FILE: (Manner.AGAIN,),
    WarningCode.DECODE_FAILED: (Manner.DECODER, Manner.LIMITS),
    WarningCode.DAMAGED: (Manner.DECODER,),
    WarningCode.PIXEL_LIMIT: _LIMITS,
    WarningCode.FRAME_LIMIT: _LIMITS,
    WarningCode.SIZE_LIMIT: _LIMITS,
    WarningCode.METADATA_FAILED: _LIMITS,
    WarningCode.VIDEO_UNREADABLE: _LIMITS,
    WarningCode.ARCHIVE_LIMIT: _LIMITS,
    WarningCode.ARCHIVE_DEPTH: _LIMITS,
    WarningCode.QUARANTINED: (Manner.LIMITS, Manner.DECODER),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold a wish to read again: the operation, the Warning, the manner, and who asks."""

    op: str
    warning_id: int
    manner: Manner
    actor: str


def offers(code: str, kind: str | None = None) -> tuple[Manner, ...]:
    """Give the manners in which a file with a Warning can be read again, the most likely to help first.

    None where reading again cannot help: what is encrypted, broken in the middle, or gone. Films have one decoder only.
    """
    found = _OFFERS.get(WarningCode(code), ())
    if kind == MediaKind.VIDEO:
        return _LIMITS if code in (WarningCode.DAMAGED, WarningCode.VIDEO_UNREADABLE) else found
    return found

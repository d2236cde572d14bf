"""The states of the account, and the kinds and provenances that lead to them."""

from enum import StrEnum, unique

__all__ = ["EntryKind", "FileOutcome", "MediaKind", "MediaOutcome", "Provenance", "State"]


@unique
class State(StrEnum):
    """Name the one state that each MediaFile is in; computed from facts, never set by hand.

    The order is the order in which the account prints them.
    """

    PENDING = "pending"
    NOT_MEDIA = "not-media"
    UNREADABLE = "unreadable"
    EXCLUDED = "excluded"
    KNOWN = "known"
    LOOKED = "looked"
    DUPLICATE_OF_LOOKED = "duplicate-of-looked"
    STACKED_UNDER_LOOKED = "stacked-under-looked"
    REMAINING = "remaining"


@unique
class Provenance(StrEnum):
    """Tell how a MediaFile came to be in the exhibit."""

    LIVE = "live"
    DELETED = "deleted"
    CARVED = "carved"
    EMBEDDED = "embedded"
    REFERENCED = "referenced"


@unique
class EntryKind(StrEnum):
    """Tell what a listed name is; only a ``file`` has content to open."""

    FILE = "file"
    SYMLINK = "symlink"
    SOCKET = "socket"
    FIFO = "fifo"
    DEVICE = "device"
    DIRECTORY = "directory"
    UNKNOWN = "unknown"


@unique
class MediaKind(StrEnum):
    """Tell what a content is, by its bytes."""

    IMAGE = "image"
    VIDEO = "video"
    ARCHIVE = "archive"
    OTHER = "other"


@unique
class MediaOutcome(StrEnum):
    """Tell what analysis made of a content.

    ``undecoded``: typed and digested only, since the stages asked for did not include decoding; it stays pending.
    """

    VIEWABLE = "viewable"
    NOT_MEDIA = "not-media"
    UNREADABLE = "unreadable"
    UNDECODED = "undecoded"


@unique
class FileOutcome(StrEnum):
    """Tell how far intake got with one MediaFile."""

    PENDING = "pending"
    DONE = "done"
    NOT_MEDIA = "not-media"
    UNREADABLE = "unreadable"

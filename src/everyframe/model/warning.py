"""Warnings: the stored reason for whatever could not be read, decoded or finished."""

from dataclasses import dataclass
from enum import StrEnum, unique

__all__ = ["MEANING", "Problem", "WarningCode"]


@unique
class WarningCode(StrEnum):
    """Name each kind of Warning; ``MEANING`` says what it tells a reader."""

    UNREADABLE_FILE = "unreadable-file"
    UNREADABLE_DIRECTORY = "unreadable-directory"
    SOURCE_CHANGED = "source-changed"
    SIZE_DIFFERS = "size-differs"
    DECODE_FAILED = "decode-failed"
    DAMAGED = "damaged"
    PIXEL_LIMIT = "pixel-limit"
    FRAME_LIMIT = "frame-limit"
    SIZE_LIMIT = "size-limit"
    VIDEO_UNREADABLE = "video-unreadable"
    METADATA_FAILED = "metadata-failed"
    NAME_DISAGREES = "name-disagrees"
    ARCHIVE_ENCRYPTED = "archive-encrypted"
    ARCHIVE_BROKEN = "archive-broken"
    ARCHIVE_LIMIT = "archive-limit"
    ARCHIVE_DEPTH = "archive-depth"
    QUARANTINED = "quarantined"
    IMAGE_BROKEN = "image-broken"
    IMAGE_INSIDE = "image-inside"
    IMAGE_HASH_DIFFERS = "image-hash-differs"
    VOLUME_UNREADABLE = "volume-unreadable"
    VOLUME_LOCKED = "volume-locked"
    VOLUME_DAMAGED = "volume-damaged"
    DELETED_GONE = "deleted-gone"
    RECORDS_LIMIT = "records-limit"
    DIGEST_DIFFERS = "digest-differs"
    IMPORT_REPAIRED = "import-repaired"
    NOT_EXPORTED = "not-exported"


MEANING: dict[WarningCode, str] = {
    WarningCode.UNREADABLE_FILE: "The bytes of a listed file could not be read; the reason is the system's own.",
    WarningCode.UNREADABLE_DIRECTORY: "A directory could not be listed, so what is in it is not in the account.",
    WarningCode.SOURCE_CHANGED: "The source is no longer as it was listed: names, sizes or times differ.",
    WarningCode.SIZE_DIFFERS: "A file gave more or fewer bytes than its listing says.",
    WarningCode.DECODE_FAILED: "The content is a picture by its signature, but no decoder could show any of it.",
    WarningCode.DAMAGED: "The picture or film is shown as far as it goes: its stream is corrupt or cut short.",
    WarningCode.PIXEL_LIMIT: "The picture declares more pixels than the limit and was not decoded.",
    WarningCode.FRAME_LIMIT: "The picture has more frames or pages than the limit; the rest were not counted.",
    WarningCode.SIZE_LIMIT: "The content is larger than this stage opens.",
    WarningCode.VIDEO_UNREADABLE: "The content is a film by its signature, but no frame of it could be shown.",
    WarningCode.METADATA_FAILED: "The metadata reader failed on this content; the picture itself was still decoded.",
    WarningCode.NAME_DISAGREES: "The name says picture or film, but the content is of no type that is known: it counts as unreadable.",
    WarningCode.ARCHIVE_ENCRYPTED: "The archive, or a member of it, is encrypted; what is inside was not seen.",
    WarningCode.ARCHIVE_BROKEN: "The archive is broken or cut short; members after the break are not listed.",
    WarningCode.ARCHIVE_LIMIT: "The archive passes a limit against bombs; the limit and the figure are in the reason.",
    WarningCode.ARCHIVE_DEPTH: "An archive inside archives, deeper than the limit, was not opened.",
    WarningCode.QUARANTINED: "Two workers died on this content; it is not tried a third time.",
    WarningCode.IMAGE_BROKEN: "The disk image is broken or not whole; what is not in its files was not seen.",
    WarningCode.IMAGE_INSIDE: "A disk image lies within the exhibit; it was listed as a file, and not opened.",
    WarningCode.IMAGE_HASH_DIFFERS: "The bytes of the image do not have the hash that is stored in it.",
    WarningCode.VOLUME_UNREADABLE: "A stretch of the disk could not be read as files; its bytes are counted as unread.",
    WarningCode.VOLUME_LOCKED: "It is encrypted, and no key that was given opens it; its bytes are counted as unread.",
    WarningCode.VOLUME_DAMAGED: "The file system is damaged; what was found in it is listed, and there may have been more.",
    WarningCode.DELETED_GONE: "A deleted file of which no content is left; its name is listed.",
    WarningCode.RECORDS_LIMIT: "The search for deleted records was ended early; the figures are in the reason.",
    WarningCode.DIGEST_DIFFERS: "The bytes that came with an import are not those that it names: the file counts as unreadable.",
    WarningCode.IMPORT_REPAIRED: "Something in an imported file had to be repaired or was left out; the reason counts each kind.",
    WarningCode.NOT_EXPORTED: "The original of a content could not be handed out: none of its files has these bytes any more.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Hold a Warning on its way to the store.

    Args:
        code: what kind.
        reason: the words a person reads, with the numbers that matter.
        stage: the stage that met it.
    """

    code: WarningCode
    reason: str
    stage: str = ""

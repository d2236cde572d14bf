"""Whether a file's name claims another type than its bytes have."""

from typing import Final

from everyframe.model.states import MediaKind

__all__ = ["claimed_types", "name_disagrees"]

_ISO: Final = "video/mp4 video/quicktime video/x-m4v video/3gpp video/3gpp2 video/x-f4v"
_ZIP: Final = "application/zip"
_RAW: Final = "image/tiff image/x-adobe-dng"
_MPEG: Final = "video/mpeg video/mp2t"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"

#: Extensions, and the types (or the beginnings of types) that files of those names have. A type ending in ``/`` or ``.``
#: stands for all that begin with it.
_CLAIMS: Final[tuple[tuple[str, str], ...]] = (
    ("jpg jpeg jpe jfif jif jfi thm mpo", "image/jpeg"),
    ("png apng", "image/png image/apng"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("tif tiff", f"{_RAW} image/"),
    ("bmp dib", "image/bmp"),
    ("heic heif hif heics heifs", "image/heic image/heif image/heic-sequence image/heif-sequence"),
    ("avif avifs", "image/avif image/avif-sequence image/heif"),
    ("jp2 j2k jpf jpx jpm j2c jpc", "image/jp2 image/jpx image/jpm image/j2c"),
    ("jxl", "image/jxl"),
    ("psd psb", "image/vnd.adobe.photoshop"),
    ("ico cur", "image/vnd.microsoft.icon image/x-win-cursor"),
    ("tga icb vda vst", "image/x-tga"),
    ("pcx", "image/x-pcx"),
    ("pnm pbm pgm ppm pam pfm", "image/x-portable- image/x-portable-"),
    ("dng", f"{_RAW}"),
    ("cr2", f"image/x-canon-cr2 {_RAW}"),
    ("cr3", "image/x-canon-cr3"),
    ("crw", "image/x-canon-crw"),
    ("nef nrw", f"image/x-nikon-nef {_RAW}"),
    ("arw sr2 srf", f"image/x-sony-arw {_RAW}"),
    ("orf", "image/x-olympus-orf"),
    ("rw2 rwl", "image/x-panasonic-rw2"),
    ("raf", "image/x-fuji-raf"),
    ("pef", f"image/x-pentax-pef {_RAW}"),
    ("srw", f"image/x-samsung-srw {_RAW}"),
    ("mrw", "image/x-minolta-mrw"),
    ("x3f", "image/x-sigma-x3f"),
    ("mp4 m4v mov qt 3gp 3g2 3gpp f4v", _ISO),
    ("mkv webm mk3d", "video/x-matroska video/webm"),
    ("avi divx", "video/x-msvideo"),
    ("wmv asf", "video/x-ms-asf"),
    ("flv", f"video/x-flv {_ISO}"),
    ("mpg mpeg mpe m1v m2v vob mod mp2v", _MPEG),
    ("ts mts m2ts m2t", f"{_MPEG} text/"),
    ("ogv ogm", "video/ogg"),
    ("rm rmvb", "application/vnd.rn-realmedia"),
    ("mxf", "application/mxf"),
    ("mp3", "audio/"),
    ("m4a m4b aac", f"audio/ {_ISO}"),
    ("wav wma ogg oga opus flac amr aiff aif", "audio/ video/x-ms-asf application/ogg video/ogg"),
    ("zip", f"{_ZIP} application/"),
    ("rar", "application/vnd.rar"),
    ("7z", "application/x-7z-compressed"),
    ("tar", "application/x-tar"),
    ("gz tgz", "application/gzip"),
    ("bz2 tbz tbz2", "application/x-bzip2"),
    ("xz txz", "application/x-xz"),
    ("zst", "application/zstd"),
    ("cab", "application/vnd.ms-cab-compressed"),
    ("iso", "application/x-iso9660-image application/octet-stream"),
    ("docx dotx", f"{_OFFICE}. {_ZIP}"),
    ("xlsx xltx", f"{_OFFICE}. {_ZIP}"),
    ("pptx potx ppsx", f"{_OFFICE}. {_ZIP}"),
    ("odt ods odp odg", f"application/vnd.oasis. {_ZIP}"),
    ("epub", f"application/epub+zip {_ZIP}"),
    ("apk", f"application/vnd.android. application/java-archive {_ZIP}"),
    ("jar war", f"application/java-archive {_ZIP}"),
    ("doc xls ppt msg msi db", "application/"),
    ("pdf", "application/pdf"),
    ("txt log csv md json xml html htm css js py ini cfg conf yml yaml sql sh bat rtf", "text/ application/ message/"),
    ("svg", "image/svg+xml text/ application/gzip"),
    ("exe dll so sys scr com", "application/"),
    ("ttf otf woff woff2", "font/ application/"),
    ("eml mbox ics vcf", "text/ message/ application/mbox"),
)
_BY_EXTENSION: Final = {
    extension: tuple(types.split()) for extensions, types in _CLAIMS for extension in extensions.split()
}
_MEDIA: Final = ("image/", "video/")


def claimed_types(name: bytes) -> tuple[str, ...]:
    """Give the types that a name's extension stands for; none when it has no extension, or one that says nothing."""
    stem, dot, extension = name.rpartition(b".")
    if not dot or not stem:
        return ()
    return _BY_EXTENSION.get(extension.decode("ascii", "replace").lower(), ())


def name_disagrees(name: bytes, mime: str, kind: MediaKind) -> bool:
    """Tell whether the name claims another type than the content has.

    A name without an extension, or with one that says nothing of a type (``.dat``), claims nothing. A name that claims
    no picture, film or archive disagrees only with a content that is one, since other types are often told by guess.
    """
    claims = claimed_types(name)
    if not claims or any(_covers(claim, mime) for claim in claims):
        return False
    return kind is not MediaKind.OTHER or _claims_media_or_archive(claims)


def _covers(claim: str, mime: str) -> bool:
    return mime.startswith(claim) if claim[-1] in "/.-" else mime == claim


def _claims_media_or_archive(claims: tuple[str, ...]) -> bool:
    return claims[0].startswith(_MEDIA) or claims[0] in _ARCHIVE_TYPES


_ARCHIVE_TYPES: Final = frozenset(
    types.split()[0]
    for extensions, types in _CLAIMS
    if extensions.split()[0] in {"zip", "rar", "7z", "tar", "gz", "bz2", "xz", "zst", "cab"}
)

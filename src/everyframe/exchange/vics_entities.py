"""The entities of VICS 2.0 as data: what each property may hold, whether it must be there, and the version that brought it.

Source: the EDMX of VICS 2.0 as it is found in public tools; versions 1.x as other programs write them. "VICS 2.0 compatible"
is all that this says: Project VIC certifies, and this is not certified.
"""

from dataclasses import dataclass
from typing import Final

__all__ = ["ENTITIES", "LISTS", "VERSIONS", "Field", "context", "fields_of"]

VERSIONS: Final = ("1.3", "2.0")


@dataclass(frozen=True, slots=True)
class Field:
    """Hold one property: ``kind`` (String, Guid, Byte, Int32, Int64, Boolean, DateTimeOffset), ``required``, ``since``."""

    name: str
    kind: str
    required: bool = False
    since: str = "1.3"


def _fields(text: str) -> tuple[Field, ...]:
    """Read ``Name:Kind``, with ``!`` where it is required and ``+`` where only 2.0 has it."""
    found = []
    for word in text.split():
        name, _, kind = word.rstrip("!+").partition(":")
        found.append(Field(name, kind, "!" in word, "2.0" if "+" in word else "1.3"))
    return tuple(found)


#: Every entity that is written, its properties in the order in which they are written.
ENTITIES: Final[dict[str, tuple[Field, ...]]] = {
    "Case": _fields(
        "CaseID:Guid! CaseNumber:String ContactOrganization:String ContactName:String ContactPhone:String "
        "ContactEmail:String ContactTitle:String SeizureDate:DateTimeOffset SourceApplicationName:String "
        "SourceApplicationVersion:String TotalMediaFiles:Int32 TotalPrecategorized:Int32"
    ),
    "CaseMetadata": _fields("CaseID:Guid! PropertyName:String! PropertyValue:String"),
    "Media": _fields(
        "MediaID:Int32! MD5:String! SHA1:String Category:Byte MediaSize:Int64 MimeType:String RelativeFilePath:String "
        "VictimIdentified:Boolean OffenderIdentified:Boolean IsDistributed:Boolean IsSuspected:Boolean "
        "IsPrecategorized:Boolean! PrecategorizationSource:String+ SelfGenerated:Boolean+ Series:String Tags:String "
        "Comments:String DateUpdated:DateTimeOffset PhotoDNA:String+"
    ),
    "MediaFile": _fields(
        "MD5:String! MediaFileID:Int32! FileName:String FilePath:String Created:DateTimeOffset Written:DateTimeOffset "
        "Accessed:DateTimeOffset Unallocated:Boolean SourceID:String PhysicalLocation:Int64+ Deleted:Boolean+ "
        "ParentMD5:String+ ParentFileName:String+ ParentFilePath:String+ ParentPhysicalLocation:Int64+"
    ),
    "Exif": _fields("MD5:String! PropertyName:String! PropertyValue:String PropertyGroup:String+"),
    "AlternativeHash": _fields("MD5:String! HashName:String! HashValue:String"),
    "Segment": _fields("MD5:String! SegmentIndex:Int32! Start:String End:String Category:Byte!"),
    "MediaMetadata": _fields("MD5:String! PropertyName:String! PropertyValue:String"),
    "Repository": _fields("MD5:String! RepositoryName:String!"),
    "Identifier": _fields(
        "MD5:String! IdentifierType:String Comments:String Tags:String Name:String Application:String"
    ),
    "IdentifierMetadata": _fields("MD5:String! PropertyName:String! PropertyValue:String"),
    "Event": _fields("EventID:Guid! EventTime:DateTimeOffset! EventType:String"),
    "EventMetadata": _fields("EventID:Guid! PropertyName:String! PropertyValue:String"),
}

#: The lists of each entity: name of the list, entity in it, the version that brought it.
LISTS: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "Case": (("CaseMetadata", "CaseMetadata", "1.3"), ("Identifiers", "Identifier", "2.0"), ("Media", "Media", "1.3")),
    "Media": (
        ("AlternativeHashes", "AlternativeHash", "1.3"),
        ("Exifs", "Exif", "1.3"),
        ("MediaFiles", "MediaFile", "1.3"),
        ("Segments", "Segment", "2.0"),
        ("Repositories", "Repository", "2.0"),
        ("MediaMetadata", "MediaMetadata", "2.0"),
        ("Identifiers", "Identifier", "2.0"),
    ),
    "Identifier": (("Events", "Event", "2.0"), ("IdentifierMetadata", "IdentifierMetadata", "2.0")),
    "Event": (("EventMetadata", "EventMetadata", "2.0"),),
}


def fields_of(entity: str, version: str) -> tuple[Field, ...]:
    """Give the properties that an entity has in a version."""
    return tuple(f for f in ENTITIES[entity] if f.since <= version)


def context(version: str, segment: str, what: str) -> tuple[str, str]:
    """Give the key and value that begin a file; ``what`` is ``Cases`` or ``Media``."""
    if version == "2.0":
        return (
            "@odata.context",
            f"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{segment}/$metadata#{what}",
        )
    return "odata.metadata", f"http://github.com/ICMEC/ProjectVic/DataModels/{version}.xml#{what}"

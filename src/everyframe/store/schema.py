"""The tables of a case. Facts are rows; what can be derived from rows is named as a summary."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = ["metadata"]

metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


case_info = Table(
    "case_info",
    metadata,
    _id(),
    Column("case_id", String(36), nullable=False),
    Column("number", Text, nullable=False),
    Column("organization", Text, nullable=False),
    Column("contact_name", Text, nullable=False),
    Column("contact_phone", Text, nullable=False),
    Column("contact_email", Text, nullable=False),
    Column("contact_title", Text, nullable=False),
    Column("scheme", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("software", Text, nullable=False),
)

exhibit = Table(
    "exhibit",
    metadata,
    _id(),
    Column("reference", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    _id(),
    Column("exhibit_id", ForeignKey("exhibit.id"), nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("display", Text, nullable=False),
    Column("device", Integer, nullable=False),
    Column("inode", Integer, nullable=False),
    Column("filesystem", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # listing, listed, done
    Column("listing_digest", String(64), nullable=False, server_default=""),
    Column("listed_at", Text),
    Column("done_at", Text),
)

listing = Table(
    "listing",
    metadata,
    _id(),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("exhibit_id", ForeignKey("exhibit.id"), nullable=False),
    Column("parent_id", Integer),  # the MediaFile that contains these; none for the source itself
    Column("files", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Index("listing_exhibit", "exhibit_id"),
)

media_file = Table(
    "media_file",
    metadata,
    _id(),
    Column("exhibit_id", ForeignKey("exhibit.id"), nullable=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("parent_id", Integer),
    Column("ordinal", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("display", Text, nullable=False),
    Column("member", LargeBinary),  # the name inside the container, where there is one
    Column("locator", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("provenance", String(16), nullable=False),
    Column("size", Integer),
    Column("modified", Text),
    Column("accessed", Text),
    Column("changed", Text),
    Column("created", Text),
    Column("outcome", String(16), nullable=False),
    Column("mime", Text),
    Column("name_disagrees", Boolean),
    Column("media_id", ForeignKey("media.id")),
    Column("folded_under", ForeignKey("media.id")),
    Column("exclusion_id", Integer),  # summary: the exclusion in force
    UniqueConstraint("source_id", "parent_id", "ordinal", "provenance", name="media_file_once"),
    Index("media_file_media", "media_id"),
    Index("media_file_parent", "parent_id"),
    Index("media_file_folded", "folded_under"),
    Index("media_file_path", "exhibit_id", "path"),
)
#: As the order "newest" goes; among equals the listing decides.
Index("media_file_newest", media_file.c.modified.desc())

media = Table(
    "media",
    metadata,
    _id(),
    Column("sha256", LargeBinary(32), nullable=False, unique=True),
    Column("md5", LargeBinary(16), nullable=False),
    Column("sha1", LargeBinary(20), nullable=False),
    Column("size", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("mime", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("stages", Text, nullable=False),
    Column("quarantined", Boolean, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("frames", Integer),
    Column("orientation", Integer),
    Column("decoder", Text),
    Column("seen", Text),
    Column("damaged", Text),
    Column("pdq", LargeBinary(32)),
    Column("pdq_quality", Integer),
    Column("upright_pdq", LargeBinary(32)),
    Column("upright_quality", Integer),
    Column("pdq_basis", Text),
    Column("container", Text),
    Column("duration_ms", Integer),
    Column("frame_rate", Float),
    Column("codec", Text),
    Column("audio_codec", Text),
    Column("frames_shown", Integer),
    Column("first_file_id", Integer, nullable=False),  # summary: the lowest MediaFile of it
    Column("occurrences", Integer, nullable=False),  # summary
    Column("folded", Boolean, nullable=False),  # summary: every occurrence is folded under another Media
    Column("looked", Boolean, nullable=False),  # summary: a Look that counts stands
    Column("known_by", Integer),  # summary: the known set of the case that accounts for it
    Column("stacked_under", Integer),  # summary: the representative whose look stands for it, too
    Column("aside", Integer, nullable=False, server_default="0"),  # summary: why the grid leaves it out
    Index("media_grid", "outcome", "folded", "aside", "first_file_id", "looked", "kind"),
    Index("media_largest", "outcome", "folded", "aside", "size", "first_file_id", "looked"),
    Index("media_damaged", "outcome", "folded", "aside", "first_file_id", "looked", sqlite_where=text("damaged <> ''")),
    Index("media_known", "outcome", "first_file_id", "looked", sqlite_where=text("known_by IS NOT NULL")),
    Index("media_stacked", "stacked_under", sqlite_where=text("stacked_under IS NOT NULL")),
    Index("media_md5", "md5"),
)

media_metadata = Table(
    "media_metadata",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("make", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("lens", Text, nullable=False),
    Column("software", Text, nullable=False),
    Column("unique_id", Text, nullable=False),
    Column("file_number", Text, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("altitude", Float),
    Column("reader", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

media_time = Table(
    "media_time",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("utc", Text),
)

embedding = Table(
    "embedding",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("child_id", ForeignKey("media.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("distance", Integer),
    Column("differs", Boolean),
)

preview = Table(
    "preview",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("role", String(8), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("mime", Text, nullable=False),
    Column("pack", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
)

pack = Table(
    "pack",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("committed", Integer, nullable=False),
)

warning = Table(
    "warning",
    metadata,
    _id(),
    Column("exhibit_id", ForeignKey("exhibit.id")),
    Column("media_file_id", ForeignKey("media_file.id")),
    Column("media_id", ForeignKey("media.id")),  # about a content: it stands for every MediaFile of it
    Column("code", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("at", Text, nullable=False),
    Index("warning_file", "media_file_id"),
    Index("warning_media", "media_id"),
    Index("warning_code", "code"),
)

job = Table(
    "job",
    metadata,
    Column("media_file_id", ForeignKey("media_file.id"), primary_key=True),
    Column("task", String(8), primary_key=True),  # content, expand
    Column("state", String(12), nullable=False),  # planned, started, again; a finished job is gone
    Column("deaths", Integer, nullable=False),
    Index("job_state", "state", "media_file_id"),
)

look = Table(
    "look",
    metadata,
    _id(),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("on_screen", Integer, nullable=False),
    Column("blurred", Boolean, nullable=False),
    Column("manner", String(8), nullable=False),  # grid, viewer
    Index("look_media", "media_id"),
    Index("look_op", "op"),
)

decision = Table(
    "decision",
    metadata,
    _id(),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # category, undo, redo
    Column("scheme", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("undoes", Integer),
    Column("before_id", Integer),  # the decision that stood before this one
    Index("decision_media", "media_id"),
    Index("decision_op", "op"),
)

standing = Table(
    "standing",  # summary: the category in force of each decided Media
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("decision_id", ForeignKey("decision.id"), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("code", Text, nullable=False),
    Index("standing_code", "scheme", "code"),
)

exclusion = Table(
    "exclusion",
    metadata,
    _id(),
    Column("exhibit_id", ForeignKey("exhibit.id")),
    Column("pattern", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("files", Integer, nullable=False),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", Text),
)

operation = Table(
    "operation",
    metadata,
    Column("op", String(64), primary_key=True),
    Column("action", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Text, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    _id(),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

migration = Table(
    "migration",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("applied_at", Text, nullable=False),
)

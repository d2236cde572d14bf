"""The tables of what came from other tools: the file, and what it said that is kept for the way back."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["TABLES", "vics_file", "vics_import", "vics_media"]

vics_import = Table(
    "vics_import",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("file", LargeBinary, nullable=False),  # its name in the folder that is the source
    Column("sha256", String(64), nullable=False),
    Column("version", String(8), nullable=False),  # as its label says
    Column("segment", Text, nullable=False),
    Column("scheme", Text, nullable=False),  # of its categories
    Column("person", Text, nullable=False),  # whose categories they are
    Column("head", Text, nullable=False),  # what it says of the case, as canonical JSON
    Column("lint", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("decided_at", Text),  # when its categories became decisions
)

vics_media = Table(
    "vics_media",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("md5", LargeBinary(16), nullable=False),
    Column("sha1", LargeBinary(20)),
    Column("category", Text),
    Column("kept", Text, nullable=False),  # its properties and lists but for MediaFiles, as canonical JSON
    Index("vics_media_source", "source_id"),
)

vics_file = Table(
    "vics_file",
    metadata,
    Column("media_file_id", ForeignKey("media_file.id"), primary_key=True),
    Column("vics_media_id", ForeignKey("vics_media.id"), nullable=False),
    Column("kept", Text, nullable=False),  # the MediaFile as it stood there, as canonical JSON
    Index("vics_file_media", "vics_media_id"),
)

TABLES = (vics_import, vics_media, vics_file)

"""The tables of disk images: what an image is, its volumes, and what is known of recovered records."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["TABLES"]

image = Table(
    "image",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("container", String(16), nullable=False),
    Column("size", Integer, nullable=False),
    Column("partition_table", String(16), nullable=False),
    Column("segments", Text, nullable=False),  # JSON: path in hexadecimal, size, time of modification
    Column("hashes", Text, nullable=False),  # JSON: as stored in the image
    Column("notes", Text, nullable=False),  # JSON
    Column("verified", Text),  # JSON: the digests that were computed, and when
)

volume = Table(
    "volume",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text, nullable=False),
    Column("within", LargeBinary),
    Index("volume_source", "source_id"),
)

recovered = Table(
    "recovered",
    metadata,
    Column("media_file_id", ForeignKey("media_file.id"), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("unallocated", Boolean, nullable=False),
    Column("physical_location", Integer),
)

TABLES = (image, volume, recovered)
"""In the order in which they are made."""

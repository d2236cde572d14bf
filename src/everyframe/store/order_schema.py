"""The tables of the order: traits of pictures, and the samples drawn of what nobody has looked at."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["TABLES"]

trait = Table(
    "trait",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("version", String(16), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

sample = Table(
    "sample",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False, unique=True),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("relevant", Text, nullable=False),  # the categories that count as relevant, as JSON
)

sample_stratum = Table(
    "sample_stratum",
    metadata,
    Column("sample_id", ForeignKey("sample.id"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("population", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("members", LargeBinary, nullable=False),  # ids, differences as int32, compressed
)

sample_item = Table(
    "sample_item",
    metadata,
    Column("sample_id", ForeignKey("sample.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),  # the order they are shown in
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("stratum", String(32), nullable=False),
    Index("sample_item_media", "media_id"),
)

TABLES = (trait, sample, sample_stratum, sample_item)

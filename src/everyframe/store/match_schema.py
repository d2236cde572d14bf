"""The tables of matching: the known sets a case was matched against, what was found, and hashes of turned pictures."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["known_choice", "known_hit", "known_set", "turned_hash"]

known_set = Table(
    "known_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ident", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("facts", Text, nullable=False),  # what tells this import of the set from another one
    Column("exact_to", Integer, nullable=False),  # every Media up to this id was looked up by its digests
    Column("near_to", Integer, nullable=False),  # and up to this one by its perceptual hashes
    Column("left_out", Boolean, nullable=False),  # summary: the newest choice is not to use it here
)

known_hit = Table(
    "known_hit",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("set_id", ForeignKey("known_set.id"), primary_key=True),
    Column("manner", String(8), primary_key=True),  # exact, near
    Column("category", Text, primary_key=True),
    Column("algorithm", String(8), nullable=False),  # the strongest that agrees
    Column("row", Integer, nullable=False),  # of the set: the first, or the nearest
    Column("rows", Integer, nullable=False),  # how many rows of this category were hit
    Column("distance", Integer, nullable=False),
    Column("orientation", Integer, nullable=False),
    Column("agrees", Boolean, nullable=False),  # no digest that every row of the set has says otherwise
    Index("known_hit_set", "set_id", "manner"),
)

known_choice = Table(
    "known_choice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ident", Text, nullable=False),
    Column("kind", String(8), nullable=False),  # without, with
    Column("why", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
)

turned_hash = Table(
    "turned_hash",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("hashes", LargeBinary, nullable=False),  # 8 x 32 bytes, by orientation
    Column("quality", LargeBinary, nullable=False),  # 8 x 1 byte
)

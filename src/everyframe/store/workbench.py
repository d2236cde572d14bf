"""The tables of the workbench: tags, notes and clues, the views that people keep, warnings that were accepted.

Whatever a person says is a row that is only added; taking it back is another row that names the first.
"""

from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    literal_column,
)

from everyframe.store import schema

__all__ = ["INDEXES", "LOCAL_TIME", "TABLES", "acceptance", "clue", "media_tag", "remark", "saved_view"]

metadata = schema.metadata

remark = Table(
    "remark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # tag, untag, note, unnote
    Column("text", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("undoes", Integer),  # the remark that this one takes back
    Index("remark_media", "media_id", "kind"),
    Index("remark_op", "op"),
)

media_tag = Table(
    "media_tag",  # summary: the tags in force
    metadata,
    Column("name", Text, primary_key=True),
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Index("media_tag_media", "media_id"),
)

clue = Table(
    "clue",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("role", String(8), nullable=False),  # viewer, or frame of a film
    Column("ordinal", Integer, nullable=False),
    Column("left", Float, nullable=False),  # shares of the upright preview, 0 to 1
    Column("top", Float, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("crop", LargeBinary, nullable=False),  # JPEG
    Column("crop_width", Integer, nullable=False),
    Column("crop_height", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", Text),
    Index("clue_media", "media_id"),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),  # the query string of its address
    Column("at", Text, nullable=False),
    Column("removed_at", Text),
    Index("saved_view_actor", "actor"),
)

acceptance = Table(
    "acceptance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("warning_id", ForeignKey("warning.id"), nullable=False),
    Column("kind", String(12), nullable=False),  # accepted, reopened
    Column("note", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("acceptance_warning", "warning_id"),
)

TABLES = (remark, media_tag, clue, saved_view, acceptance)


#: A recorded time as text that sorts: ``2024:05:31 18:30:00`` as ``2024-05-31T18:30:00``. Written out, so that the
#: index below is used; it stands in queries over ``media_time`` alone.
LOCAL_TIME: ColumnElement[str] = literal_column(
    "(replace(substr(text, 1, 10), ':', '-') || replace(substr(text, 11, 9), ' ', 'T'))", Text
)

#: What filters need over tables that were there before.
INDEXES = (
    Index("media_file_display", schema.media_file.c.display, schema.media_file.c.media_id),
    Index("media_file_modified", schema.media_file.c.modified, schema.media_file.c.media_id),
    Index("media_metadata_camera", *(schema.media_metadata.c[n] for n in ("make", "model", "serial"))),
    Index("media_metadata_place", schema.media_metadata.c.latitude, schema.media_metadata.c.longitude),
    Index("media_time_local", LOCAL_TIME, schema.media_time.c.media_id, _table=schema.media_time),
    Index("media_sha1", schema.media.c.sha1),
    Index("media_facets", *(schema.media.c[n] for n in ("outcome", "folded", "kind", "mime"))),
)

"""The tables of stacks: members, comparisons with their representatives, and what people decided."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["stack_comparison", "stack_decision", "stack_member"]

stack_member = Table(
    "stack_member",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("representative_id", ForeignKey("media.id"), nullable=False),
    Column("distance", Integer, nullable=False),
    Column(
        "turn", Integer, nullable=False, server_default="1"
    ),  # what turns the representative so that it lies like this
    Column("by_hand", Boolean, nullable=False),
    Column("differs", Boolean, nullable=False),  # shows something else, or it cannot be told
    Index("stack_member_representative", "representative_id", "differs"),
)

stack_comparison = Table(
    "stack_comparison",
    metadata,
    Column("media_id", ForeignKey("media.id"), primary_key=True),
    Column("other_id", ForeignKey("media.id"), primary_key=True),
    Column("differs", Boolean, nullable=False),
    Column("stretch", Float),  # none where a preview is missing or damaged
    Column("difference", Float),
)

stack_decision = Table(
    "stack_decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("kind", String(8), nullable=False),  # split, merge, undo
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("other_id", ForeignKey("media.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("undoes", Integer),
    Index("stack_decision_op", "op"),
)

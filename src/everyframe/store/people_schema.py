"""The tables of people who work on a case together: accounts, sessions, preferences, leases, second opinions."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["TABLES"]

person = Table(
    "person",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password", Text, nullable=False),  # argon2id with its parameters and salt
    Column("must_change", Boolean, nullable=False),
    Column("expires_at", Text),  # of a starting password that was not used yet
    Column("secret", Text, nullable=False),  # of the second factor; empty until it is set up
    Column("step", Integer, nullable=False),  # the newest time step whose code was used
    Column("failures", Integer, nullable=False),
    Column("failed_at", Text),
    Column("created_at", Text, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("person", ForeignKey("person.name"), nullable=False),
    Column("used_at", Text),
    Index("recovery_code_person", "person"),
)

web_session = Table(
    "web_session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("person", ForeignKey("person.name"), nullable=False),
    Column("stage", String(12), nullable=False),  # factor, password, enrol, open
    Column("opened_at", Text, nullable=False),
    Column("active_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("agent", Text, nullable=False),
    Index("web_session_person", "person"),
)

preference = Table(
    "preference",
    metadata,
    Column("person", Text, primary_key=True),  # whoever looks, with an account or without
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

exposure = Table(
    "exposure",
    metadata,
    Column("person", Text, primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("milliseconds", Integer, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("person", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
)

held_decision = Table(
    "held_decision",  # asked for without knowing of somebody else's; kept, and not in force
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("against_id", ForeignKey("decision.id"), nullable=False),
    Index("held_decision_op", "op"),
)

vote_rule = Table(
    "vote_rule",
    metadata,
    Column("scheme", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("votes", Integer, nullable=False),
)

vote = Table(
    "vote",  # a further opinion on what a decision put in force
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("decision_id", ForeignKey("decision.id"), nullable=False),
    Column("scheme", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("vote_op", "op"),
    Index("vote_decision", "decision_id"),
)

settlement = Table(
    "settlement",  # a decision that ends a disagreement and needs no further opinion
    metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("media_id", ForeignKey("media.id"), nullable=False),
    Column("decision_id", ForeignKey("decision.id"), nullable=False),
    Column("settles_id", ForeignKey("decision.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("settlement_op", "op"),
    Index("settlement_decision", "decision_id"),
)

TABLES = (
    person, recovery_code, web_session, preference, exposure, lease, held_decision, vote_rule, vote, settlement,
)  # fmt: skip

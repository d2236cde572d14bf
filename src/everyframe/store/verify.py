"""Verification: the audit chain, and the rows, summaries and previews held against it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Table, func, select

from everyframe.audit import chain
from everyframe.model.states import FileOutcome
from everyframe.store import (
    audit_log,
    match_schema,
    order_schema,
    pack_rows,
    packs,
    row_digest,
    sampling,
    schema,
    settings,
    stack_schema,
    verify_folding,
)
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.store.digest import result_digest
from everyframe.store.rereading import content_of
from everyframe.store.verify_clues import clue_problems
from everyframe.store.verify_people import rule_problems

__all__ = ["Verification", "verify"]

F, M = schema.media_file, schema.media
T = TypeVar("T")
MOST = 1000
STEP = 500


@dataclass(frozen=True, slots=True)
class Verification:
    """Hold what was checked (how many of each), what is wrong, and the head of the audit as ``number:hash``."""

    head: str
    checked: dict[str, int]
    problems: list[str]


def verify(
    case_: Case, *, head: str = "", previews: bool = True, tell: Callable[[str, int, int], None] = lambda *_: None
) -> Verification:
    """Check a case. What is wrong is listed, up to a thousand problems; nothing is changed.

    Args:
        case_: to check.
        head: one that was noted earlier, as ``number:hash``; it must still be in the chain.
        previews: read every preview, too.
        tell: given what is checked, and how many of how many parts are; of the previews, how many of how many.
    """
    checked: dict[str, int] = {}
    problems: list[str] = []
    with case_.database.read() as connection:
        seq, digest = audit_log.head(connection)
        for done, (name, table, checks) in enumerate(CHECKS):
            tell(f"checking {name}", done, len(CHECKS))
            found = [problem for check in checks for problem in _some(check(connection))]
            problems += found
            checked[name] = int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            if len(found) >= MOST:
                problems.append(f"{name}: and more")
        problems += _noted(connection, head)
        places = pack_rows.places(connection) if previews else []
    checked["previews"] = len(places)
    problems += _some(packs.problems(case_.previews, _told(places, tell)))
    tell("checking previews", len(places), len(places))
    return Verification(f"{seq}:{digest.hex()}", checked, problems)


def _told(places: Sequence[T], tell: Callable[[str, int, int], None]) -> Iterator[T]:
    for done, place in enumerate(places):
        if done % STEP == 0:
            tell("checking previews", done, len(places))
        yield place


def _some(found: Iterator[str]) -> list[str]:
    return [p for p, _ in zip(found, range(MOST), strict=False)]


def _database(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check(100)"):
            if line != "ok":
                yield f"database: {line}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"database: row {row[1]} of {row[0]} names a row of {row[2]} that is not there"


def _chain(connection: Connection) -> Iterator[str]:
    return chain.problems(audit_log.records(connection), *audit_log.head(connection))


def _noted(connection: Connection, head: str) -> Iterator[str]:
    if not head:
        return
    number, _, digest = head.partition(":")
    rows = schema.audit.c
    query = select(rows.hash).where(rows.seq == (int(number) if number.isdigit() else -1))
    found = connection.execute(query).scalar_one_or_none()
    if found is None or bytes(found).hex() != digest.strip().lower():
        yield f"the head {head} noted earlier is not in this audit: it was rewritten or cut off"


def _account(connection: Connection) -> Iterator[str]:
    account = read_account(connection)
    for part in (account, *account.exhibits):
        if not part.balanced:
            name = f"exhibit {part.reference}" if part.reference else "the case"
            yield f"account: {name} lists {part.listed} files, {part.files} are in a state, {part.stateless} in none"


def _batches(connection: Connection) -> Iterator[str]:
    """Hold what each intake batch found against the rows, or against what they were before a file was read again."""
    a = schema.audit.c
    before = _reread(connection)
    query = select(a.seq, a.body).where(a.action == "intake.batch").order_by(a.seq)
    for seq, body in connection.execute(query.execution_options(yield_per=500)):
        facts = json.loads(body)
        found = [[i, task, _content_at(connection, before, seq, (i, task))] for i, task in facts["files"]]
        if chain.found_digest(found) != facts["found"]:
            names = ", ".join(str(i) for i, _ in facts["files"][:5])
            yield f"audit record {seq}: the rows of its files ({names}, …) are not what intake stored"
    for (i, task), records in before.items():
        for n, (seq, _, found_then) in enumerate(records):
            after = records[n + 1][1] if n + 1 < len(records) else content_of(connection, i, task)
            if found_then != after:
                yield f"audit record {seq}: the rows of file {i} are not what reading it again stored"


def _reread(connection: Connection) -> dict[tuple[int, str], list[tuple[int, str, str]]]:
    """Give what each file held before and after it was read again: (file, task) → (record, before, after), in order."""
    a = schema.audit.c
    found: dict[tuple[int, str], list[tuple[int, str, str]]] = {}
    for seq, body in connection.execute(select(a.seq, a.body).where(a.action == "warning.retried").order_by(a.seq)):
        facts = json.loads(body)
        found.setdefault((facts["file"], facts["task"]), []).append((seq, facts["before"], facts["after"]))
    return found


def _content_at(
    connection: Connection, before: dict[tuple[int, str], list[tuple[int, str, str]]], seq: int, work: tuple[int, str]
) -> str:
    """Give the content of a file as it was when an audit record was written."""
    later = next((record[1] for record in before.get(work, ()) if record[0] > seq), None)
    return content_of(connection, *work) if later is None else later


def _summaries(connection: Connection) -> Iterator[str]:
    """Compute the summaries of each Media anew."""
    files = (
        select(
            F.c.media_id,
            func.min(F.c.id).label("first"),
            func.count().label("files"),
            func.count(F.c.folded_under).label("under"),
        )
        .where(F.c.media_id.is_not(None))
        .group_by(F.c.media_id)
        .subquery()
    )
    looks = select(schema.look.c.media_id).distinct().subquery()
    query = (
        select(
            M.c.id,
            M.c.first_file_id,
            M.c.occurrences,
            M.c.folded,
            M.c.looked,
            files.c.first,
            files.c.files,
            files.c.under,
            looks.c.media_id.label("looked_at"),
        )
        .select_from(M.outerjoin(files, files.c.media_id == M.c.id).outerjoin(looks, looks.c.media_id == M.c.id))
        .execution_options(yield_per=2000)
    )
    for r in connection.execute(query):
        if (r.first_file_id, r.occurrences, r.folded) != (r.first, r.files, r.under == r.files):
            yield f"media {r.id}: its summary of files is not what its files say"
        if r.looked != (r.looked_at is not None):
            yield f"media {r.id}: is {'' if r.looked else 'not '}marked as looked at, but its Looks say otherwise"


def _operations(connection: Connection) -> Iterator[str]:
    """Hold the rows of each look and decision, those on stacks too, against the audit record that vouches for them."""
    a = schema.audit.c
    vouched: dict[str, set[str]] = {table.name: set() for table in row_digest.TABLES.values()}
    query = select(a.seq, a.action, a.body).where(a.action.in_(row_digest.TABLES)).order_by(a.seq)
    for seq, action, body in connection.execute(query.execution_options(yield_per=500)):
        facts, table = json.loads(body), row_digest.TABLES[action]
        vouched[table.name].add(facts["op"])
        if row_digest.digest_rows(connection, table, facts["op"]) != facts["rows"]:
            yield f"audit record {seq}: the {table.name} rows of operation {facts['op']} are not what was stored"
    for table in dict.fromkeys(row_digest.TABLES.values()):
        for op in row_digest.operations(connection, table):
            if op not in vouched[table.name]:
                yield f"operation {op}: has {table.name} rows that no audit record vouches for"


def _standing(connection: Connection) -> Iterator[str]:
    """Compute the category in force of each Media anew, from its newest decision."""
    d, s = schema.decision, schema.standing
    newest = select(func.max(d.c.id)).group_by(d.c.media_id)
    right = select(d.c.media_id, d.c.scheme, d.c.code).where(d.c.id.in_(newest), d.c.code != "")
    have = select(s.c.media_id, s.c.scheme, s.c.code)
    for query, what in ((right.except_(have), "is not"), (have.except_(right), "should not be")):
        for row in connection.execute(query.limit(MOST)):
            yield f"media {row[0]}: category {row[2]} {what} in force"


def _facts(connection: Connection) -> Iterator[str]:
    """Check that an outcome stands on what it needs."""
    query = select(F.c.id).where(F.c.outcome == FileOutcome.DONE, F.c.media_id.is_(None)).limit(MOST)
    for (ident,) in connection.execute(query):
        yield f"file {ident}: is done, but has no content"
    waiting = select(schema.job.c.media_file_id)
    query = select(F.c.id).where(F.c.outcome == FileOutcome.PENDING, F.c.id.not_in(waiting)).limit(MOST)
    for (ident,) in connection.execute(query):
        yield f"file {ident}: is pending, but no job would ever work on it"
    grid = select(schema.preview.c.media_id).where(schema.preview.c.role == "grid")
    query = select(M.c.id).where(M.c.outcome == "viewable", M.c.id.not_in(grid)).limit(MOST)
    for (ident,) in connection.execute(query):
        yield f"media {ident}: can be viewed, but has no preview"


def _results(connection: Connection) -> Iterator[str]:
    """Hold all that intake found against the digest that its last run left in the audit."""
    a = schema.audit.c
    query = select(a.action, a.body).where(a.action.like("intake.%")).order_by(a.seq.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    if (
        last is not None
        and last.action == "intake.end"
        and json.loads(last.body)["digest"] != result_digest(connection)
    ):
        yield "what intake found is not what it was when the last run ended: files, media, metadata or warnings were changed"


def _settings(connection: Connection) -> Iterator[str]:
    """Hold the settings and exclusions against what was recorded of them."""
    a, x = schema.audit.c, schema.exclusion
    records = connection.execute(
        select(a.action, a.body).where(a.action.in_(("setting", "exclude", "exclude.withdraw"))).order_by(a.seq)
    )
    set_to: dict[str, str] = {}
    excluded: dict[int, tuple[str, str, int, bool]] = {}
    for action, body in records:
        facts = json.loads(body)
        if action == "setting":
            set_to[facts["name"]] = facts["value"]
        elif action == "exclude":
            excluded[facts["exclusion"]] = (facts["pattern"], facts["why"], facts["files"], True)
        else:
            excluded[facts["exclusion"]] = (*excluded[facts["exclusion"]][:3], False)
    if settings.read(connection) != set_to:
        yield "the settings are not those that were recorded"
    rows = connection.execute(select(x)).all()
    if {r.id: (r.pattern, r.why, r.files, r.withdrawn_at is None) for r in rows} != excluded:
        yield "the exclusions are not those that were recorded"
    counted = connection.execute(
        select(F.c.exclusion_id, func.count()).where(F.c.exclusion_id.is_not(None)).group_by(F.c.exclusion_id)
    )
    if {r[0]: r[1] for r in counted} != {n: e[2] for n, e in excluded.items() if e[3]}:
        yield "the excluded files are not those that were recorded"


CHECKS: tuple[tuple[str, Table, tuple[Callable[[Connection], Iterator[str]], ...]], ...] = (
    ("audit records", schema.audit, (_chain, _settings, rule_problems)),
    ("listings", schema.listing, (_database, _account)),
    ("files", F, (_facts, _batches, _results)),
    ("media", M, (_summaries,)),
    ("known", match_schema.known_hit, verify_folding.KNOWN_CHECKS),
    ("stacks", stack_schema.stack_member, verify_folding.STACK_CHECKS),
    ("looks and decisions", schema.operation, (_operations, clue_problems)),
    ("categories in force", schema.standing, (_standing,)),
    ("samples", order_schema.sample, (sampling.problems,)),
)

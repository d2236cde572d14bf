"""Samples of what nobody has looked at, as rows: their strata, what was drawn, and what was seen of it since."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, insert, select

from everyframe.audit.chain import canonical
from everyframe.model.clock import now
from everyframe.model.states import MediaOutcome, State
from everyframe.store import audit_log, order_schema, schema
from everyframe.store.account import state_of, with_state
from everyframe.store.ids import id_list, id_select

__all__ = [
    "STRATA",
    "Draw",
    "Sample",
    "Stratum",
    "add_sample",
    "draw_key",
    "keys",
    "latest_sample",
    "populations",
    "problems",
    "read_samples",
    "relevant_among",
]

F, M = schema.media_file, schema.media
P, PS, PI = order_schema.sample, order_schema.sample_stratum, order_schema.sample_item
Ids = npt.NDArray[np.int64]

#: States that hold pictures without a look of their own. A Media whose files are in several is in the first of them.
STRATA = (State.REMAINING, State.STACKED_UNDER_LOOKED, State.KNOWN, State.EXCLUDED)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Hold one stratum of a sample: how many it held, how many were drawn, and its members at the draw.

    ``looked`` of the drawn were looked at since; ``relevant`` of those were found relevant; ``found`` counts the relevant ones
    among all members, however they were met.
    """

    name: str
    population: int
    drawn: int
    looked: int
    relevant: int
    found: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one sample as drawn, with what was seen of it since."""

    id: int
    actor: str
    at: str
    seed: str
    confidence: float
    relevant: tuple[tuple[str, str], ...]
    strata: tuple[Stratum, ...]

    @property
    def done(self) -> bool:
        """Tell whether all that was drawn has been looked at."""
        return all(s.looked == s.drawn for s in self.strata)


@dataclass(frozen=True, slots=True)
class Draw:
    """Hold what a draw takes: ids of Media by stratum, all of them and those drawn; and the order to look at them in."""

    members: dict[str, Ids]
    drawn: dict[str, Ids]
    order: Sequence[int]


def populations(connection: Connection) -> dict[str, Ids]:
    """Give the viewable Media of each stratum, ascending."""
    state = state_of().label("state")
    query = with_state(F.c.media_id, state).where(M.c.outcome == MediaOutcome.VIEWABLE, M.c.looked.is_(False))
    found: dict[str, list[int]] = {s.value: [] for s in STRATA}
    rows: Any = connection.execute(query.distinct()).cursor
    for ident, name in rows:
        if name in found:
            found[name].append(ident)
    taken: Ids = np.zeros(0, np.int64)
    strata = {}
    for name, ids in found.items():
        own = np.setdiff1d(np.array(ids, np.int64), taken)
        strata[name], taken = own, np.union1d(taken, own)
    return strata


def draw_key(seed: str, sha256: bytes) -> bytes:
    """Give the key that a Media is drawn by: those with the smallest keys are drawn."""
    return hashlib.sha256(seed.encode() + b":" + sha256).digest()


def keys(connection: Connection, seed: str, ids: Ids) -> list[tuple[bytes, int]]:
    """Give (key, id) of Media, ascending by key."""
    found: list[tuple[bytes, int]] = []
    for first in range(0, len(ids), 50_000):
        query = select(M.c.id, M.c.sha256).where(M.c.id.in_(id_select()))
        rows = connection.execute(query, id_list(ids[first : first + 50_000].tolist()))
        found += [(draw_key(seed, bytes(r.sha256)), r.id) for r in rows]
    found.sort()
    return found


def add_sample(
    connection: Connection,
    *,
    op: str,
    actor: str,
    seed: str,
    confidence: float,
    asked: int,
    relevant: Sequence[tuple[str, str]],
    draw: Draw,
) -> int:
    """Store a draw with its audit record; gives its number."""
    values = {"op": op, "actor": actor, "at": now(), "seed": seed, "confidence": confidence, "asked": asked}
    values["relevant"] = canonical([list(r) for r in relevant])
    ident = int(connection.execute(insert(P).values(values).returning(P.c.id)).scalar_one())
    strata = [_stratum(ident, name, ids, len(draw.drawn[name])) for name, ids in draw.members.items()]
    connection.execute(insert(PS), strata)
    of = {int(i): name for name, ids in draw.drawn.items() for i in ids}
    items = [{"sample_id": ident, "ordinal": n, "media_id": i, "stratum": of[i]} for n, i in enumerate(draw.order)]
    if items:
        connection.execute(insert(PI), items)
    told = {s["name"]: {"population": s["population"], "drawn": s["drawn"], "members": s["digest"]} for s in strata}
    body = {"sample": ident, "op": op, "seed": seed, "confidence": repr(confidence), "strata": told}
    audit_log.append(connection, actor, "assure.draw", body | {"items": _items_digest(draw.order)})
    return ident


def _stratum(ident: int, name: str, ids: Ids, drawn: int) -> dict[str, Any]:
    packed = np.diff(ids, prepend=0).astype("<i4").tobytes()
    return {
        "sample_id": ident,
        "name": name,
        "population": len(ids),
        "drawn": drawn,
        "digest": hashlib.sha256(packed).hexdigest(),
        "members": zlib.compress(packed),
    }


def _members(packed: bytes) -> Ids:
    return np.cumsum(np.frombuffer(zlib.decompress(packed), "<i4"), dtype=np.int64)


def _items_digest(order: Sequence[int]) -> str:
    return hashlib.sha256(canonical([int(i) for i in order]).encode()).hexdigest()


def latest_sample(connection: Connection) -> int:
    """Give the number of the newest sample; 0 when none was drawn."""
    return int(connection.execute(select(func.coalesce(func.max(P.c.id), 0))).scalar_one())


def read_samples(connection: Connection) -> list[Sample]:
    """Read every sample, oldest first."""
    found = []
    for row in connection.execute(select(P).order_by(P.c.id)):
        relevant = tuple((scheme, code) for scheme, code in json.loads(row.relevant))
        strata = tuple(_read_stratum(connection, row.id, s, relevant) for s in _strata(connection, row.id))
        found.append(Sample(row.id, row.actor, row.at, row.seed, row.confidence, relevant, strata))
    return found


def _strata(connection: Connection, ident: int) -> list[Any]:
    return list(connection.execute(select(PS).where(PS.c.sample_id == ident).order_by(PS.c.name.desc())))


def _read_stratum(connection: Connection, ident: int, row: Any, relevant: Sequence[tuple[str, str]]) -> Stratum:  # noqa: ANN401 - a row
    drawn = select(PI.c.media_id).where(PI.c.sample_id == ident, PI.c.stratum == row.name)
    ids = np.fromiter(connection.execute(drawn).scalars(), np.int64)
    looked = select(func.count()).select_from(M).where(M.c.id.in_(id_select()), M.c.looked)
    seen = connection.execute(looked, id_list(ids.tolist())).scalar_one()
    found = relevant_among(connection, relevant)
    sampled, members = np.intersect1d(ids, found), np.intersect1d(_members(row.members), found)
    return Stratum(row.name, row.population, row.drawn, int(seen), len(sampled), len(members))


def relevant_among(connection: Connection, relevant: Sequence[tuple[str, str]]) -> Ids:
    """Give the Media that stand in one of some (scheme, code) categories."""
    s = schema.standing
    found = [
        np.fromiter(
            connection.execute(select(s.c.media_id).where(s.c.scheme == scheme, s.c.code == code)).scalars(), np.int64
        )
        for scheme, code in relevant
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def problems(connection: Connection) -> Iterator[str]:
    """Draw every sample again from its seed and members, and hold it against what is stored and what the audit says."""
    records = _records(connection)
    for row in connection.execute(select(P).order_by(P.c.id)).all():
        told = records.pop(row.op, None)
        order = connection.execute(select(PI).where(PI.c.sample_id == row.id).order_by(PI.c.ordinal)).all()
        if told is None or told["items"] != _items_digest([i.media_id for i in order]) or told["seed"] != row.seed:
            yield f"sample {row.id}: its rows are not what the audit recorded of the draw"
        for stratum in _strata(connection, row.id):
            members = _members(stratum.members)
            wanted = {i for _, i in keys(connection, row.seed, members)[: stratum.drawn]}
            same = wanted == {i.media_id for i in order if i.stratum == stratum.name}
            digest = hashlib.sha256(zlib.decompress(stratum.members)).hexdigest()
            if not same or told is None or told["strata"][stratum.name]["members"] != digest:
                yield f"sample {row.id}: its seed does not draw these from the stratum {stratum.name}"
    for told in records.values():
        yield f"sample {told['sample']}: the audit recorded its draw, and it is gone"


def _records(connection: Connection) -> dict[str, Any]:
    a = schema.audit.c
    bodies = connection.execute(select(a.body).where(a.action == "assure.draw").order_by(a.seq)).scalars()
    return {said["op"]: said for said in map(json.loads, bodies)}

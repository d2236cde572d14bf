"""The migration that gives every hashed picture its turned hashes, and every member of a stack its turn."""

from sqlalchemy import Connection, insert, inspect, select, text

from everyframe.store import schema
from everyframe.store.match_schema import turned_hash

__all__ = ["turned_hashes"]

_SIDES, _BYTES = 8, 32
_BACK = {6: 8, 8: 6}
M, T = schema.media, turned_hash


def turned_hashes(connection: Connection) -> None:
    """Add the column, and rows for pictures hashed before: as they are stored and upright; the other ways stay unknown."""
    if "turn" not in {c["name"] for c in inspect(connection).get_columns("stack_member")}:
        connection.execute(text("ALTER TABLE stack_member ADD COLUMN turn INTEGER NOT NULL DEFAULT 1"))
    hashes = (M.c.pdq, M.c.pdq_quality, M.c.upright_pdq, M.c.upright_quality)
    query = select(M.c.id, M.c.orientation, *hashes).where(M.c.pdq.is_not(None), M.c.id.not_in(select(T.c.media_id)))
    for found in connection.execute(query.order_by(M.c.id)).partitions(1000):
        connection.execute(insert(T), [_row(*each) for each in found])


def _row(
    media_id: int,
    orientation: int | None,
    value: bytes,
    quality: int,
    upright: bytes | None,
    upright_quality: int | None,
) -> dict[str, object]:
    hashes, qualities = [bytes(_BYTES)] * _SIDES, [0] * _SIDES
    if upright is not None:
        hashes[0], qualities[0] = upright, upright_quality or 0
    lies = _BACK.get(orientation or 1, orientation or 1) - 1
    hashes[lies], qualities[lies] = value, quality or 0
    return {"media_id": media_id, "hashes": b"".join(hashes), "quality": bytes(qualities)}

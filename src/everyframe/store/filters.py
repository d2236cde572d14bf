"""Carrying out a query: each term becomes a condition over Media. A test holds every field against a plain scan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union,
)

from everyframe.errors import UsageError
from everyframe.model import query
from everyframe.model.query import Box, Likeness, Node, Range, Span, Term, Value
from everyframe.model.states import MediaKind, Provenance
from everyframe.store import bursts, likeness, schema
from everyframe.store import workbench as bench
from everyframe.store.ids import id_list_literal
from everyframe.store.remaining import excluded, remaining
from everyframe.store.stack_members import stack_of
from everyframe.store.stack_schema import stack_member

__all__ = ["NAMES", "condition", "unfolds"]

M, F, E, S = schema.media, schema.media_file, schema.exhibit, schema.standing
META, TIME, W = schema.media_metadata, schema.media_time, schema.warning
Where = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Hold what a term is carried out with."""

    connection: Connection
    scheme: str
    term: Term
    unnamed: tuple[int, ...] = ()

    def told(self) -> tuple[Where, ...]:
        """Leave out the decisions that the person who asks is not told of."""
        return (S.c.media_id.not_in(id_list_literal(self.unnamed)),) if self.unnamed else ()


def condition(connection: Connection, node: Node, scheme: str, unnamed: tuple[int, ...] = ()) -> Where:
    """Give what a Media must satisfy to be in the answer of a query; ``scheme`` is that of the case.

    What stands in ``unnamed`` counts as undecided.

    Raises:
        UsageError: it names a Media that does not exist.
    """
    match node:
        case query.All(parts):
            return and_(true(), *(condition(connection, part, scheme, unnamed) for part in parts))
        case query.Any(parts):
            return or_(false(), *(condition(connection, part, scheme, unnamed) for part in parts))
        case query.Not(part):
            return not_(condition(connection, part, scheme, unnamed))
        case Term():
            asked = _Asked(connection, scheme, node, unnamed)
            return or_(*(_FIELDS[node.name](asked, value) for value in node.values))


def unfolds(node: Node) -> bool:
    """Tell whether a query asks what is known, or for a whole stack; then what the grid leaves out is shown, too."""
    match node:
        case query.All(parts) | query.Any(parts):
            return any(unfolds(part) for part in parts)
        case query.Not(part):
            return unfolds(part)
        case Term(name="stack"):
            return any(value.text != "none" for value in node.values)
        case Term():
            return node.name == "known"


def _known(_asked: _Asked, value: Value) -> Where:
    return _yes(M.c.known_by.is_not(None), value)


def _stacked(_asked: _Asked, value: Value) -> Where:
    return _yes(_some(stack_member.c.representative_id), value)


def _some(owner: Column[int], *where: Where) -> Where:
    """Tell that a Media has a row among some others."""
    return M.c.id.in_(select(owner).where(owner.is_not(None), *where))


def _file(*where: Where) -> Where:
    return _some(F.c.media_id, *where)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _holds(column: ColumnElement[str], text: str) -> Where:
    """Tell that a text holds some letters; of the Latin ones, large and small are the same."""
    return column.like(f"%{_escaped(text)}%", escape="\\")


def _same(column: ColumnElement[str], text: str) -> Where:
    """Tell that a text is another, large and small letters alike; a ``*`` stands for any letters."""
    return column.like("%".join(_escaped(part) for part in text.split("*")), escape="\\")


def _between(column: ColumnElement[int], asked: Range | Span | Box | Likeness | None) -> Where:
    if not isinstance(asked, Range):
        raise UsageError("this field takes a number")
    found: list[Where] = [column.is_not(None)]
    if asked.low is not None:
        found.append(column > asked.low if asked.above else column >= asked.low)
    if asked.high is not None:
        found.append(column < asked.high if asked.below else column <= asked.high)
    return and_(*found)


def _within(column: ColumnElement[str], asked: Range | Span | Box | Likeness | None) -> list[Where]:
    if not isinstance(asked, Span):
        raise UsageError("this field takes a time")
    found: list[Where] = [column >= (asked.low or "0")]
    return [*found, column < asked.high] if asked.high else found


def _parent(path: ColumnElement[str]) -> ColumnElement[str]:
    """Give the folder of a path with the slash behind it; nothing for a name alone."""
    return func.rtrim(path, func.replace(path, "/", ""))


def _state(asked: _Asked, value: Value) -> Where:
    if value.text == "looked":
        return M.c.looked
    return and_(*remaining(asked.connection)) if value.text == "remaining" else excluded()


def _yes(found: Where, value: Value) -> Where:
    return found if value.text == "yes" else not_(found)


def _decided(asked: _Asked, value: Value) -> Where:
    return _yes(_some(S.c.media_id, *asked.told()), value)


def _category(asked: _Asked, value: Value) -> Where:
    return _some(S.c.media_id, S.c.scheme == asked.scheme, S.c.code == value.text, *asked.told())


def _kind(_asked: _Asked, value: Value) -> Where:
    if value.text == "film":
        return M.c.kind == MediaKind.VIDEO
    several = func.coalesce(M.c.frames, 1) > 1
    return and_(M.c.kind != MediaKind.VIDEO, several if value.text == "animation" else not_(several))


def _type(_asked: _Asked, value: Value) -> Where:
    return _same(M.c.mime, value.text if "/" in value.text else f"*/{value.text}")


def _exhibit(_asked: _Asked, value: Value) -> Where:
    return _file(F.c.exhibit_id.in_(select(E.c.id).where(E.c.reference == value.text)))


def _folder(_asked: _Asked, value: Value) -> Where:
    below = value.text.rstrip("/")
    return _file(F.c.display >= f"{below}/", F.c.display < f"{below}0")  # the letter after the slash


def _within_folder(_asked: _Asked, value: Value) -> Where:
    reference, _, folder = value.text.partition("//")
    first = F.alias("first")
    exhibit = first.c.exhibit_id.in_(select(E.c.id).where(E.c.reference == reference))
    parent = _parent(first.c.display)
    above = func.rtrim(parent, "/")  # of what is embedded in a file: that file
    where = case((first.c.provenance == Provenance.EMBEDDED, _parent(above)), else_=parent)
    below = f"{folder}/" if folder else ""
    near = [first.c.display >= below, first.c.display < f"{folder}0"] if folder else []
    found = select(first.c.id).where(exhibit, where == below, *near)
    return M.c.first_file_id.in_(found)


def _path(_asked: _Asked, value: Value) -> Where:
    return _file(_holds(F.c.display, value.text))


def _name(_asked: _Asked, value: Value) -> Where:
    if "/" in value.text:
        return false()
    folder = _parent(F.c.display)
    return _file(_holds(F.c.display, value.text), _holds(func.substr(F.c.display, func.length(folder) + 1), value.text))


def _provenance(_asked: _Asked, value: Value) -> Where:
    return _file(F.c.provenance == value.text)


def _made(column: Column[str]) -> Callable[[_Asked, Value], Where]:
    return lambda _asked, value: _some(META.c.media_id, _same(column, value.text))


def _taken(asked: _Asked, value: Value) -> Where:
    clock = asked.term.clock
    where = _within(bench.LOCAL_TIME, value.data)
    if clock:
        where.append(or_(_same(TIME.c.source, clock.replace("*", "")), _same(TIME.c.source, f"*:{clock}")))
    return _some(TIME.c.media_id, *where)


def _stamp(column: Column[str]) -> Callable[[_Asked, Value], Where]:
    return lambda _asked, value: _file(*_within(column, value.data))


def _place(_asked: _Asked, value: Value) -> Where:
    box = value.data
    if not isinstance(box, Box):
        raise UsageError("this field takes a place")
    east = (META.c.longitude >= box.west, META.c.longitude <= box.east)
    across = or_(*east) if box.west > box.east else and_(*east)
    return _some(META.c.media_id, META.c.latitude >= box.south, META.c.latitude <= box.north, across)


def _remarked(kind: str, *where: Where) -> Where:
    r, back = bench.remark, bench.remark.alias("back")
    taken_back = exists().where(back.c.undoes == r.c.id, back.c.media_id == r.c.media_id)
    return _some(r.c.media_id, r.c.kind == kind, ~taken_back, *where)


def _has(asked: _Asked, value: Value) -> Where:
    if value.text == "decision":
        return _some(S.c.media_id, *asked.told())
    return _HAS[value.text]()


def _warning(_asked: _Asked, value: Value) -> Where:
    code = W.c.code == value.text
    return or_(_some(W.c.media_id, code), _file(F.c.id.in_(select(W.c.media_file_id).where(code))))


def _damaged(_asked: _Asked, value: Value) -> Where:
    return _yes(func.coalesce(M.c.damaged, "") != "", value)


def _differs(_asked: _Asked, value: Value) -> Where:
    return _yes(_some(schema.embedding.c.media_id, schema.embedding.c.differs), value)


def _numbered(column: ColumnElement[int]) -> Callable[[_Asked, Value], Where]:
    return lambda _asked, value: _between(column, value.data)


def _tag(_asked: _Asked, value: Value) -> Where:
    return _some(bench.media_tag.c.media_id, _same(bench.media_tag.c.name, value.text))


def _note(_asked: _Asked, value: Value) -> Where:
    return _remarked("note", _holds(bench.remark.c.text, value.text))


def _clue(_asked: _Asked, value: Value) -> Where:
    c = bench.clue.c
    return _some(c.media_id, c.withdrawn_at.is_(None), or_(c.kind == value.text.lower(), _holds(c.text, value.text)))


def _decided_by(asked: _Asked, value: Value) -> Where:
    d = schema.decision
    theirs = S.c.decision_id.in_(select(d.c.id).where(_same(d.c.actor, value.text)))
    return _some(S.c.media_id, theirs, *asked.told())


def _seen_by(_asked: _Asked, value: Value) -> Where:
    return _some(schema.look.c.media_id, _same(schema.look.c.actor, value.text))


def _hash(_asked: _Asked, value: Value) -> Where:
    text = value.text.lower()
    low = bytes.fromhex(text.ljust(len(text) + len(text) % 2, "0"))
    high = bytes.fromhex(text.ljust(64, "f"))
    full = {32: M.c.md5, 40: M.c.sha1}.get(len(text))
    whole = [full == low] if full is not None else []
    begins = [and_(column >= low, column <= high) for column in (M.c.sha256, M.c.sha1, M.c.md5)]
    return or_(*whole, *(begins if full is None else begins[:1]))


def _similar(asked: _Asked, value: Value) -> Where:
    if not isinstance(value.data, Likeness):
        raise UsageError("this field takes a picture of the case, or a PDQ hash")
    return M.c.id.in_(id_list_literal(likeness.alike(asked.connection, value.data).ids))


def _stack(_asked: _Asked, value: Value) -> Where:
    if value.text == "none":
        both = union(select(stack_member.c.media_id), select(stack_member.c.representative_id)).subquery()
        return M.c.id.not_in(select(both.c.media_id))
    return M.c.id.in_(stack_of(int(value.text)))


def _burst(asked: _Asked, value: Value) -> Where:
    found = bursts.members(asked.connection, 0 if value.text == "none" else int(value.text))
    among = M.c.id.in_(id_list_literal(found))
    return not_(among) if value.text == "none" else among


def _any_warning() -> Where:
    return or_(_some(W.c.media_id), _file(F.c.id.in_(select(W.c.media_file_id))))


_HAS: Final[dict[str, Callable[[], Where]]] = {
    "place": lambda: _some(META.c.media_id, META.c.latitude.is_not(None), META.c.longitude.is_not(None)),
    "camera": lambda: _some(META.c.media_id, or_(META.c.make != "", META.c.model != "")),
    "serial": lambda: _some(META.c.media_id, META.c.serial != ""),
    "time": lambda: _some(TIME.c.media_id),
    "embedded": lambda: _some(schema.embedding.c.media_id),
    "warning": _any_warning,
    "tag": lambda: _some(bench.media_tag.c.media_id),
    "note": lambda: _remarked("note"),
    "clue": lambda: _some(bench.clue.c.media_id, bench.clue.c.withdrawn_at.is_(None)),
}
_FIELDS: Final[dict[str, Callable[[_Asked, Value], Where]]] = {
    "state": _state,
    "decided": _decided,
    "category": _category,
    "kind": _kind,
    "type": _type,
    "exhibit": _exhibit,
    "folder": _folder,
    "within": _within_folder,
    "path": _path,
    "name": _name,
    "provenance": _provenance,
    "make": _made(META.c.make),
    "model": _made(META.c.model),
    "serial": _made(META.c.serial),
    "lens": _made(META.c.lens),
    "software": _made(META.c.software),
    "taken": _taken,
    "modified": _stamp(F.c.modified),
    "created": _stamp(F.c.created),
    "accessed": _stamp(F.c.accessed),
    "place": _place,
    "has": _has,
    "warning": _warning,
    "damaged": _damaged,
    "differs": _differs,
    "known": _known,
    "stacked": _stacked,
    "stack": _stack,
    "burst": _burst,
    "size": _numbered(M.c.size),
    "width": _numbered(M.c.width),
    "height": _numbered(M.c.height),
    "pixels": _numbered(M.c.width * M.c.height),
    "length": _numbered(M.c.duration_ms),
    "frames": _numbered(func.coalesce(M.c.frames, 1)),
    "copies": _numbered(M.c.occurrences),
    "tag": _tag,
    "note": _note,
    "clue": _clue,
    "decided-by": _decided_by,
    "seen-by": _seen_by,
    "hash": _hash,
    "similar": _similar,
    "id": _numbered(M.c.id),
}
NAMES: Final = tuple(_FIELDS)

"""Each filter gives the ids that a plain scan over everything gives."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from everyframe.errors import UsageError
from everyframe.model import query
from everyframe.review.query import FIELDS, parse, view_of, write
from everyframe.store import schema
from everyframe.store import workbench as bench
from everyframe.store.facets import count_facets
from everyframe.store.orders import read_order
from everyframe.testing.synthetic import synthetic_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from everyframe.model.query import Node, Term
    from everyframe.store.case import Case

WHO = ("anna", "ben")
AT = "2026-01-02T03:04:05+00:00"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    directory = tmp_path_factory.mktemp("filters") / "case"
    made = synthetic_case(directory, media=250, pictures=5)
    with made.database.write() as connection:
        spice(connection, random.Random(4))
    yield made
    made.close()


def spice(connection: Connection, chance: random.Random) -> None:
    """Add what people leave behind, at random but always the same."""
    m, f = schema.media, schema.media_file
    for ident in range(1, 251):
        if chance.random() < 0.3:
            row = {
                "op": "o" * 16,
                "media_id": ident,
                "kind": "category",
                "scheme": "projectvic-us",
                "actor": chance.choice(WHO),
            }
            row |= {"code": str(chance.randint(0, 3)), "at": AT}
            decided = connection.execute(insert(schema.decision).values(row)).inserted_primary_key
            assert decided is not None
            standing = {"media_id": ident, "decision_id": decided[0], "scheme": row["scheme"], "code": row["code"]}
            connection.execute(insert(schema.standing).values(standing))
        if chance.random() < 0.2:
            connection.execute(update(m).where(m.c.id == ident).values(looked=True))
            look = {
                "op": "l" * 16,
                "media_id": ident,
                "actor": chance.choice(WHO),
                "at": AT,
                "blurred": False,
                "manner": "grid",
            }
            look |= {"width": 200, "height": 200, "duration_ms": 900, "on_screen": 1}
            connection.execute(insert(schema.look).values(look))
        if chance.random() < 0.15:
            name = chance.choice(("Kitchen", "red chair"))
            connection.execute(insert(bench.media_tag).values(media_id=ident, name=name))
        if chance.random() < 0.15:
            base = {"op": "n" * 16, "media_id": ident, "actor": "anna", "at": AT}
            note = connection.execute(insert(bench.remark).values(kind="note", text="the same Wallpaper", **base))
            assert note.inserted_primary_key is not None
            if chance.random() < 0.5:
                back = base | {"kind": "unnote", "text": "", "undoes": note.inserted_primary_key[0]}
                connection.execute(insert(bench.remark).values(back))
        if chance.random() < 0.1:
            clue = {"op": "c" * 16, "media_id": ident, "role": "viewer", "ordinal": 0, "left": 0, "top": 0, "width": 1}
            clue |= {"height": 1, "kind": chance.choice(("object", "text")), "text": "School badge", "crop": b"x"}
            clue |= {"crop_width": 1, "crop_height": 1, "actor": "ben", "at": AT}
            clue["withdrawn_at"] = AT if chance.random() < 0.3 else None
            connection.execute(insert(bench.clue).values(clue))
        if chance.random() < 0.1:
            bits = bytearray(32)
            for bit in chance.sample(range(256), chance.randint(0, 40)):
                bits[bit // 8] |= 1 << bit % 8
            connection.execute(update(m).where(m.c.id == ident).values(pdq=bytes(bits)))
    values = {"pattern": "*", "why": "w", "actor": "anna", "at": AT, "files": 1, "exhibit_id": None}
    connection.execute(insert(schema.exclusion).values(id=1, **values))
    connection.execute(update(f).where(f.c.media_id % 9 == 0).values(exclusion_id=1))
    connection.execute(update(f).where(f.c.media_id % 7 == 0).values(created="2024-02-29T12:00:00+00:00"))


@dataclass
class Row:
    """One Media with all that belongs to it, as plain values."""

    media: Any
    files: list[Any] = field(default_factory=list)
    made: Any = None
    times: list[Any] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    standing: Any = None
    decider: str = ""
    lookers: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    clues: list[Any] = field(default_factory=list)
    embedded: list[Any] = field(default_factory=list)


def rows_of(case: Case) -> dict[int, Row]:  # noqa: C901, PLR0912 - one loop a table
    with case.database.read() as c:
        found = {m.id: Row(m) for m in c.execute(select(schema.media))}
        files = list(c.execute(select(schema.media_file, schema.exhibit.c.reference).join(schema.exhibit)))
        owner = {f.id: f.media_id for f in files}
        for f in files:
            if f.media_id:
                found[f.media_id].files.append(f)
        for t in c.execute(select(schema.media_metadata)):
            found[t.media_id].made = t
        for t in c.execute(select(schema.media_time)):
            found[t.media_id].times.append(t)
        for w in c.execute(select(schema.warning)):
            ident = w.media_id or owner.get(w.media_file_id)
            if ident:
                found[ident].codes.add(w.code)
        deciders = {d.id: d.actor for d in c.execute(select(schema.decision))}
        for s in c.execute(select(schema.standing)):
            found[s.media_id].standing, found[s.media_id].decider = s, deciders[s.decision_id]
        for k in c.execute(select(schema.look)):
            found[k.media_id].lookers.add(k.actor)
        for t in c.execute(select(bench.media_tag)):
            found[t.media_id].tags.add(t.name)
        remarks = list(c.execute(select(bench.remark)))
        gone = {r.undoes for r in remarks}
        for r in remarks:
            if r.kind == "note" and r.id not in gone:
                found[r.media_id].notes.append(r.text)
        for k in c.execute(select(bench.clue)):
            if not k.withdrawn_at:
                found[k.media_id].clues.append(k)
        for e in c.execute(select(schema.embedding)):
            found[e.media_id].embedded.append(e)
    return found


def same(have: str, wanted: str) -> bool:
    return (
        re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), have, re.IGNORECASE | re.ASCII | re.DOTALL)
        is not None
    )


def holds(have: str, wanted: str) -> bool:
    return wanted.lower() in have.lower()


def within(number: float | None, asked: Any) -> bool:
    if number is None:
        return False
    if asked.low is not None and (number <= asked.low if asked.above else number < asked.low):
        return False
    return not (asked.high is not None and (number >= asked.high if asked.below else number > asked.high))


def during(text: str | None, asked: Any) -> bool:
    return text is not None and text >= asked.low and (not asked.high or text < asked.high)


def excluded(row: Row) -> bool:
    return bool(row.files) and all(f.exclusion_id for f in row.files)


def remaining(row: Row, everything: dict[int, Row]) -> bool:
    def under_looked(f: Any) -> bool:
        return bool(f.folded_under and everything[f.folded_under].media.looked)

    return not row.media.looked and any(not f.exclusion_id and not under_looked(f) for f in row.files)


def kind(row: Row) -> str:
    return "film" if row.media.kind == "video" else "animation" if (row.media.frames or 1) > 1 else "picture"


def local(text: str) -> str:
    return text[:10].replace(":", "-") + text[10:19].replace(" ", "T")


def clocked(source: str, clock: str) -> bool:
    return not clock or source.lower() == clock.lower() or source.lower().endswith(f":{clock.lower()}")


def placed(row: Row, box: Any) -> bool:
    if row.made is None or row.made.latitude is None:
        return False
    east = row.made.longitude >= box.west, row.made.longitude <= box.east
    return box.south <= row.made.latitude <= box.north and (any(east) if box.west > box.east else all(east))


def bits(row: Row, asked: Any, everything: dict[int, Row]) -> bool:
    def pdq(r: Row) -> bytes:
        return bytes(r.media.upright_pdq or r.media.pdq)

    wanted = asked.pdq or pdq(everything[asked.media_id])
    return bool((int.from_bytes(pdq(row)) ^ int.from_bytes(wanted)).bit_count() <= asked.distance)


HAS: dict[str, Any] = {
    "place": lambda r: r.made is not None and r.made.latitude is not None,
    "camera": lambda r: r.made is not None and bool(r.made.make or r.made.model),
    "serial": lambda r: r.made is not None and bool(r.made.serial),
    "time": lambda r: bool(r.times),
    "embedded": lambda r: bool(r.embedded),
    "warning": lambda r: bool(r.codes),
    "decision": lambda r: r.standing is not None,
    "tag": lambda r: bool(r.tags),
    "note": lambda r: bool(r.notes),
    "clue": lambda r: bool(r.clues),
}
NUMBERS: dict[str, Any] = {
    "size": lambda m: m.size, "width": lambda m: m.width, "height": lambda m: m.height,
    "pixels": lambda m: m.width and m.width * m.height, "length": lambda m: m.duration_ms,
    "frames": lambda m: m.frames or 1, "copies": lambda m: m.occurrences, "id": lambda m: m.id,
}  # fmt: skip


def in_burst(row: Row, text: str, everything: dict[int, Row]) -> bool:
    """Walk from picture to picture of the same camera that was taken at most a minute before or after."""

    def taken(one: Row) -> tuple[Any, ...] | None:
        for clock in ("DateTimeOriginal", "CreateDate", "MediaCreateDate"):
            for t in one.times if one.media.kind == "image" else ():
                if t.source.rpartition(":")[2] == clock:
                    made = (one.made.make, one.made.model, one.made.serial) if one.made else ()
                    owner = min(one.files, key=lambda f: f.id).exhibit_id
                    return (owner, *made, datetime.fromisoformat(t.text[:10].replace(":", "-") + t.text[10:19]))
        return None

    seconds = {
        i: (at[:-1], at[-1]) for i, r in everything.items() if r.media.outcome == "viewable" and (at := taken(r))
    }
    start = row.media.id if text == "none" else int(text)
    reached, edge = {start}, [start]
    while edge:
        here = seconds.get(edge.pop())
        near = [
            i for i, (own, at) in seconds.items()
            if here and own == here[0] and abs((at - here[1]).total_seconds()) <= 60 and i not in reached
        ]  # fmt: skip
        reached.update(near)
        edge += near
    return len(reached) == 1 if text == "none" else row.media.id in reached


def plain(term: Term, value: Any, row: Row, everything: dict[int, Row]) -> bool:  # noqa: C901, PLR0911, PLR0912 - one line a field
    text: str = value.text
    data = value.data
    match term.name:
        case "state":
            return {
                "looked": bool(row.media.looked),
                "excluded": excluded(row),
                "remaining": remaining(row, everything),
            }[text]
        case "decided":
            return bool(row.standing) == (text == "yes")
        case "category":
            return row.standing is not None and row.standing.code == text
        case "kind":
            return kind(row) == text
        case "type":
            return same(row.media.mime, text if "/" in text else f"*/{text}")
        case "exhibit":
            return any(f.reference == text for f in row.files)
        case "folder":
            return any(f.display.startswith(text.rstrip("/") + "/") for f in row.files)
        case "within":
            reference, _, folder = text.partition("//")
            first = min(row.files, key=lambda f: f.id)
            own = first.display.rsplit("/", 2 if first.provenance == "embedded" else 1)[0]
            return bool(first.reference == reference and own == folder)
        case "path":
            return any(holds(f.display, text) for f in row.files)
        case "name":
            return any(holds(f.display.rsplit("/", 1)[-1], text) for f in row.files)
        case "provenance":
            return any(f.provenance == text for f in row.files)
        case "make" | "model" | "serial" | "lens" | "software":
            return row.made is not None and same(getattr(row.made, term.name), text)
        case "taken":
            return any(during(local(t.text), data) and clocked(t.source, term.clock) for t in row.times)
        case "modified" | "created" | "accessed":
            return any(during(getattr(f, term.name), data) for f in row.files)
        case "place":
            return placed(row, data)
        case "has":
            return bool(HAS[text](row))
        case "warning":
            return text in row.codes
        case "damaged":
            return bool(row.media.damaged) == (text == "yes")
        case "differs":
            return any(e.differs for e in row.embedded) == (text == "yes")
        case "known":
            return bool(row.media.known_by) == (text == "yes")
        case "stacked":
            return text == "no"  # this case has no stacks
        case "stack":
            return text == "none" or row.media.id == int(text)
        case "burst":
            return in_burst(row, text, everything)
        case "tag":
            return any(same(t, text) for t in row.tags)
        case "note":
            return any(holds(n, text) for n in row.notes)
        case "clue":
            return any(k.kind == text.lower() or holds(k.text, text) for k in row.clues)
        case "decided-by":
            return row.standing is not None and same(row.decider, text)
        case "seen-by":
            return any(same(k, text) for k in row.lookers)
        case "hash":
            return any(
                bytes(d).hex().startswith(text.lower()) for d in (row.media.sha256, row.media.sha1, row.media.md5)
            )
        case "similar":
            return bits(row, data, everything)
        case name:
            return within(NUMBERS[name](row.media), data)


def scan(node: Node, row: Row, everything: dict[int, Row]) -> bool:
    match node:
        case query.All(parts):
            return all(scan(p, row, everything) for p in parts)
        case query.Any(parts):
            return any(scan(p, row, everything) for p in parts)
        case query.Not(part):
            return not scan(part, row, everything)
        case query.Term():
            return any(plain(node, value, row, everything) for value in node.values)


TRIED: dict[str, tuple[str, ...]] = {
    "category": ("0", "1", "9"),
    "type": ("jpeg", "video/mp4", "image/*", "png"),
    "exhibit": ("SYN/1", "SYN/2", "none"),
    "folder": ("DCIM", "DCIM/100CANON/", "DCIM/100", "Backup"),
    "within": ("SYN/1//DCIM/100CANON", "SYN/2//DCIM/100CANON", "SYN/1//DCIM"),
    "path": ("img_01", "COPY of", "100%", "a_b"),
    "name": ("img_01", "copy", "DCIM", "thumb"),
    "make": ("drawn", "x"),
    "model": ("d-1", "D-*", "*2"),
    "serial": ("SN000001",),
    "lens": ("50 mm", "50"),
    "software": ("x",),
    "taken": ("2025-03", "2025-06-10T12:10..2025-09", "..2025-02-03", "2026"),
    "modified": ("2025-03", "2025-11..", "2025-01-02T02"),
    "created": ("2024-02-29", "2023"),
    "accessed": ("2024",),
    "place": ("50/5..50.05/7", "-10/170..60/-170", "50.02/6..50.03/6"),
    "warning": ("damaged", "nothing"),
    "stack": ("5", "none"),
    "burst": ("5", "12", "none"),
    "size": ("2MB..3MB", "1MiB"),
    "width": ("600..1200",),
    "height": ("..900",),
    "pixels": ("1M..",),
    "length": ("0:10..5:00",),
    "frames": ("12", "2.."),
    "copies": ("2",),
    "tag": ("kitchen", "red*", "chair"),
    "note": ("wallpaper", "none"),
    "clue": ("object", "TEXT", "badge"),
    "decided-by": ("anna", "B*"),
    "seen-by": ("ben",),
    "hash": ("6d303030", "6d" + "30" * 28 + "323031", "6d" + "30" * 14 + "35"),
    "similar": ("5/0", "8/100", "00" * 32 + "/30", "8"),
    "id": ("5", "10..20"),
}  # fmt: skip


def tried(name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    return choices or TRIED[name]


def asked(chance: random.Random) -> str:
    chosen = chance.choice(FIELDS)
    values = tried(chosen.name, chosen.choices)
    text = ",".join(f'"{v}"' for v in chance.sample(values, min(len(values), chance.choice((1, 1, 2)))))
    clock = chance.choice(("", "@DateTimeOriginal", "@CreateDate")) if chosen.clocked else ""
    operator = ":"
    if chosen.compared and chance.random() < 0.4:
        text, operator = f'"{values[0].split("..")[0] or "1"}"', chance.choice(("<", "<=", ">", ">="))
    return f"{chance.choice(('', '', '-'))}{chosen.name}{clock}{operator}{text}"


def answer(case: Case, text: str) -> list[int]:
    with case.database.read() as connection:
        return sorted(int(i) for i in read_order(connection, view_of({"q": text}), case.scheme.id, ()).ids)


def expected(text: str, everything: dict[int, Row]) -> list[int]:
    node = parse(text)
    shown = (r for r in everything.values() if r.media.outcome == "viewable" and not r.media.folded)
    return sorted(r.media.id for r in shown if scan(node, r, everything))


@pytest.mark.parametrize("name", [f.name for f in FIELDS])
def test_every_field_gives_what_a_scan_gives(case: Case, name: str) -> None:
    everything = rows_of(case)
    chosen = next(f for f in FIELDS if f.name == name)
    some = 0
    for value in tried(name, chosen.choices):
        for text in (f'{name}:"{value}"', f'-{name}:"{value}"'):
            assert answer(case, text) == expected(text, everything), text
            some += bool(expected(text, everything))
    assert some, "at least one of these must find something"


@pytest.mark.parametrize("seed", range(8))
def test_random_queries_give_what_a_scan_gives(case: Case, seed: int) -> None:
    everything, chance = rows_of(case), random.Random(seed)
    for _ in range(25):
        parts = [asked(chance) for _ in range(chance.randint(1, 3))]
        text = chance.choice((" ", " or ")).join(parts)
        text = f"({text}) {asked(chance)}" if chance.random() < 0.4 else text
        assert answer(case, text) == expected(text, everything), text
        assert answer(case, write(parse(text))) == expected(text, everything), text


def test_what_does_not_exist_is_said(case: Case) -> None:
    with pytest.raises(UsageError, match="content 999 has no perceptual hash"):
        answer(case, "similar:999")


def test_facets_count_what_the_filters_find(case: Case) -> None:
    with case.database.read() as connection:
        order = read_order(connection, view_of({"q": "width>100"}), case.scheme.id, ())
        found = count_facets(connection, order.ids)
    assert {"kind", "type", "exhibit", "model", "serial", "provenance", "warning", "taken", "tag"} == set(found)
    for name, values in found.items():
        assert values, name
        assert values == sorted(values, key=lambda v: -v[1])
        for value, number in values:
            assert len(answer(case, f'width>100 {name}:"{value}"')) == number, (name, value)


def test_facets_follow_intake(case: Case, tmp_path: Path) -> None:
    with synthetic_case(tmp_path / "other", media=20, pictures=2) as other:
        with other.database.read() as connection:
            before = dict(
                count_facets(connection, read_order(connection, view_of({}), other.scheme.id, ()).ids)["kind"]
            )
        with other.database.write() as connection:
            m = schema.media
            row = dict(connection.execute(select(m).where(m.c.id == 1)).one()._mapping)
            row |= {"id": 9000, "sha256": b"z" * 32}
            connection.execute(insert(m).values(row))
        with other.database.read() as connection:
            after = dict(count_facets(connection, read_order(connection, view_of({}), other.scheme.id, ()).ids)["kind"])
    assert after == before | {"picture": before["picture"] + 1}

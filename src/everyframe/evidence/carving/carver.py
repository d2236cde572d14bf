"""Carving: files found by what they are made of, where no directory names them any more."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from everyframe.evidence.carving.carved import Carved, Extent, Limits, Notice, Span, State
from everyframe.evidence.carving.scanning import AHEAD, BEHIND, MARKS, next_mark, tables
from everyframe.evidence.carving.space import Read, Space

__all__ = ["carve"]

CHUNK = 4 << 20
SECTOR = 512
#: Bytes that looking into a start counts for at least, in vain or not.
LOOK, FOUND = 4096, 512
LEFT_OUT = {
    "files-limit": "whole files beyond {limit:,} are not given",
    "fragments-limit": "fragments beyond {limit:,} are not given",
    "embedded-limit": "embedded pictures beyond {limit:,} are not given",
    "work-limit": "places where something may begin were not looked into: there are too many for the bytes searched",
    "joining-limit": "broken files for which no second part was sought: there are too many for the bytes searched",
}


def carve(
    read: Read,
    ranges: Iterable[Span],
    *,
    limits: Limits | None = None,
    note: Callable[[Notice], None] = lambda _: None,
    progress: Callable[[int, int], None] = lambda _done, _size: None,
    chunk: int = CHUNK,
) -> Iterator[Carved]:
    """Find files in ranges of a volume by their structure alone, in the order in which they begin.

    Memory does not grow with what is searched, and what is found does not depend on `chunk` or on how the ranges are cut.
    Nothing is decoded.

    Args:
        read: gives the bytes at an offset, as many as asked for; fewer only at the very end.
        ranges: offset and size of what to search; see `free_ranges`.
        limits: what the search may ask for.
        note: is told at the end what was left out because of a limit.
        progress: is told now and then how many bytes of how many are searched.
        chunk: bytes looked at in one go.

    Raises:
        EvidenceError: `read` gave less than it was asked for.
    """
    yield from _Carver(Space(read, ranges), limits or Limits(), note, progress, chunk).run()


class _Carver:
    """Hold a search: where it is, what is not decided yet, what was left out."""

    def __init__(
        self,
        space: Space,
        limits: Limits,
        note: Callable[[Notice], None],
        progress: Callable[[int, int], None],
        chunk: int,
    ) -> None:
        self._space, self._limits, self._note, self._progress, self._chunk = space, limits, note, progress, chunk
        self._given: Counter[State] = Counter()
        self._left_out: dict[str, list[int]] = {}
        self._floor = 0
        self._open: tuple[int, Extent] | None = None
        self._taken: list[Span] = []
        self._joining_spent = 0
        space.gap = limits.gap

    def run(self) -> Iterator[Carved]:
        """Search everything."""
        for start, number in self._starts():
            yield from self._decided(start)
            if start < self._floor or self._in_second_part(start) or not self._affordable(start):
                continue
            extent = self._look(start, number)
            if extent:
                yield from self._found(start, extent)
        yield from self._decided(self._space.size + 1)
        self._progress(self._space.size, self._space.size)
        for code, (offset, count) in self._left_out.items():
            limit = getattr(self._limits, code.removesuffix("-limit"), 0)
            self._note(Notice(code, offset, count, f"{count:,} {LEFT_OUT[code].format(limit=limit)}"))

    def _starts(self) -> Iterator[tuple[int, int]]:
        """Give each position at which something may begin, with the number of its mark."""
        pairs, bytes_, facts = tables()
        position = 0
        while position < self._space.size:
            self._progress(position, self._space.size)
            before = min(position, BEHIND)
            data = np.frombuffer(self._space.window(position - before, before + self._chunk + AHEAD), np.uint8)
            place, stop = before, before + self._chunk
            while True:
                place, number = next_mark(data, place, stop, pairs, bytes_, facts)
                if place < 0:
                    break
                yield position - before + place - MARKS[number].rare, number
                place = max(place + 1, self._floor - position + before)
            position = max(position + self._chunk, self._floor)

    def _in_second_part(self, start: int) -> bool:
        """Tell whether a place belongs to a file found before, and go on behind that file."""
        within = [end for begin, end in self._taken if begin <= start < end]
        self._floor = max([self._floor, *within])
        return bool(within)

    def _affordable(self, start: int) -> bool:
        if self._space.work <= self._limits.work_floor + self._limits.work_ratio * start:
            return True
        self._leave_out("work-limit", start)
        return False

    def _look(self, start: int, number: int) -> Extent | None:
        space = self._space
        allowed = self._limits.join_floor + self._limits.join_ratio * start - self._joining_spent
        space.joining_left, space.joining_refused = allowed, False
        work = space.work
        extent = MARKS[number].parser(space, start)
        spent = allowed - space.joining_left
        self._joining_spent += spent
        space.work = work + (FOUND if extent else LOOK) + max(space.work - work - spent, 0)
        if space.joining_refused:
            self._leave_out("joining-limit", start)
        return extent

    def _found(self, start: int, extent: Extent) -> Iterator[Carved]:
        if self._open:
            yield from self._cut_open(start, extent)
        if self._open:
            return
        if extent.gap:
            self._taken = [span for span in self._taken if span[1] > start] + [(sum(extent.gap), extent.end)]
        if extent.whole and not extent.soft:
            yield from self._give(start, extent)
            self._floor = max(self._floor, extent.gap[0] if extent.gap else extent.end)
        else:
            self._open = start, extent
            self._floor = max(self._floor, extent.sure)

    def _cut_open(self, start: int, extent: Extent) -> Iterator[Carved]:
        """Decide what is open by what begins within it: a fragment ends there, and what only has a size may too."""
        assert self._open is not None  # noqa: S101 - the caller looked
        begun, outer = self._open
        if outer.whole:
            named = any(offset <= start < offset + size for offset, size in outer.embedded)
            if named or not extent.whole or extent.soft or (start - begun) % SECTOR:
                return
            outer = replace(outer, whole=False, why="another file begins here")
        self._open = None
        yield from self._give(begun, replace(outer, end=min(outer.end, start)))

    def _decided(self, position: int) -> Iterator[Carved]:
        """Give what was open, once the search is behind its end."""
        if self._open and self._open[1].end <= position:
            (start, extent), self._open = self._open, None
            if extent.whole:
                self._floor = max(self._floor, extent.end)
            yield from self._give(start, extent)

    def _give(self, start: int, extent: Extent) -> Iterator[Carved]:
        state = State.WHOLE if extent.whole else State.FRAGMENT
        if not self._room(state, start):
            return
        spans = [(start, extent.end - start)]
        if extent.gap:
            behind = sum(extent.gap)
            spans = [(start, extent.gap[0] - start), (behind, extent.end - behind)]
        yield self._carved(spans, extent.kind, state, why=extent.why, joined=extent.gap is not None)
        for offset, size in extent.embedded:
            if size > 0 and offset + size <= extent.end and self._room(State.EMBEDDED, offset):
                yield self._carved([(offset, size)], "jpeg", State.EMBEDDED, parent=self._space.offset(start))

    def _carved(
        self,
        spans: list[Span],
        kind: str,
        state: State,
        *,
        why: str = "",
        joined: bool = False,
        parent: int | None = None,
    ) -> Carved:
        pieces = tuple(piece for span in spans for piece in self._space.pieces(*span))
        size = sum(length for _, length in pieces)
        return Carved(pieces[0][0], size, kind, state, pieces, why, parent, joined)

    def _room(self, state: State, start: int) -> bool:
        self._given[state] += 1
        most = {
            State.WHOLE: self._limits.files,
            State.FRAGMENT: self._limits.fragments,
            State.EMBEDDED: self._limits.embedded,
        }
        if self._given[state] <= most[state]:
            return True
        code = {State.WHOLE: "files-limit", State.FRAGMENT: "fragments-limit", State.EMBEDDED: "embedded-limit"}
        self._leave_out(code[state], start)
        return False

    def _leave_out(self, code: str, start: int) -> None:
        self._left_out.setdefault(code, [self._space.offset(start), 0])[1] += 1

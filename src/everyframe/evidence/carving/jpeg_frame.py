"""What the segments of a JPEG say of its scans: dimensions, tables, restart interval."""

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.huffman import Tables, no_tables, set_table

__all__ = ["Component", "Frame", "Scan", "SegmentError"]

#: Frames of Huffman coding that are followed: baseline, extended, progressive.
FOLLOWED = {0xC0, 0xC1, 0xC2}
#: Blocks of the largest picture whose progressive scans are followed: 8 bytes are held for each.
MOST_BLOCKS = 1 << 21
DEEPEST = 16


class SegmentError(ValueError):
    """Say that a segment cannot be one of a JPEG."""


@dataclass(slots=True)
class Component:
    """Hold what the frame says of one component, and which of its coefficients are not zero."""

    across: int
    down: int
    quantised: int
    held: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """Hold what `run_scan` needs for one scan."""

    settings: NDArray[np.int64]
    blocks: NDArray[np.int64]
    held: NDArray[np.int64]


@dataclass(slots=True)
class Frame:
    """Gather what the segments say, and make of it what is needed to follow a scan."""

    kind: int = 0
    depth: int = 8
    width: int = 0
    height: int = 0
    interval: int = 0
    tables: Tables = field(default_factory=no_tables)
    coded: set[int] = field(default_factory=set)
    mean_steps: dict[int, int] = field(default_factory=dict)
    components: dict[int, Component] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Tell whether each component has been in a scan."""
        return bool(self.components) and self.seen == set(self.components)

    @property
    def followed(self) -> bool:
        """Tell whether its entropy coding can be followed."""
        return self.kind in FOLLOWED and self.height > 0

    def take(self, marker: int, body: bytes) -> None:
        """Take what a segment says."""
        if marker == 0xC4:
            self._huffman(body)
        elif marker == 0xDB:
            self._quantisation(body)
        elif marker == 0xDD:
            if len(body) != 2:
                raise SegmentError("a restart interval of another length")
            self.interval = int.from_bytes(body, "big")
        elif 0xC0 <= marker <= 0xCF and marker != 0xCC:
            self._frame(marker, body)

    def _huffman(self, body: bytes) -> None:
        place = 0
        while place < len(body):
            head, counts = body[place], body[place + 1 : place + 17]
            values = body[place + 17 : place + 17 + sum(counts)]
            if head >> 4 > 1 or head & 15 > 3 or len(counts) < 16 or len(values) != sum(counts) or len(values) > 256:
                raise SegmentError("a Huffman table that cannot be")
            row = (head >> 4) * 4 + (head & 15)
            if not set_table(self.tables, row, counts, values):
                raise SegmentError("a Huffman table with too many codes")
            self.coded.add(row)
            place += 17 + len(values)

    def _quantisation(self, body: bytes) -> None:
        place = 0
        while place < len(body):
            head = body[place]
            wide = 2 if head >> 4 else 1
            if head >> 4 > 1 or head & 15 > 3 or place + 1 + 64 * wide > len(body):
                raise SegmentError("a quantisation table that cannot be")
            self.mean_steps[head & 15] = int.from_bytes(body[place + 1 : place + 1 + wide], "big")
            place += 1 + 64 * wide

    def _frame(self, marker: int, body: bytes) -> None:
        if self.kind or len(body) < 9:
            raise SegmentError("a frame that cannot be")
        self.depth, self.height, self.width, count = struct.unpack(">BHHB", body[:6])
        if not self.width or len(body) != 6 + 3 * count or not 0 < count <= 4 or not 2 <= self.depth <= DEEPEST:
            raise SegmentError("a frame that cannot be")
        for n in range(count):
            name, sampling, table = body[6 + 3 * n : 9 + 3 * n]
            across, down = sampling >> 4, sampling & 15
            if not (0 < across <= 4 and 0 < down <= 4) or name in self.components or table > 3:
                raise SegmentError("a component that cannot be")
            self.components[name] = Component(across, down, table)
        self.kind = marker

    def scan(self, body: bytes) -> Scan | None:
        """Make of an SOS segment what is needed to follow its scan; None where it cannot be followed."""
        count = body[0] if body else 0
        if not 0 < count <= 4 or len(body) != 4 + 2 * count or not self.kind:
            raise SegmentError("a scan that cannot be")
        named = {body[1 + 2 * n]: body[2 + 2 * n] for n in range(count)}
        if len(named) != count or not named.keys() <= self.components.keys():
            raise SegmentError("a scan of components that there are not")
        self.seen |= named.keys()
        first, last, approximation = body[-3:]
        if not self.followed:
            return None
        progressive = self.kind == 0xC2
        if progressive and (first > last or last > 63 or (first == 0) != (last == 0) or (first and count > 1)):
            raise SegmentError("a progressive scan that cannot be")
        if not progressive:
            first, last, approximation = 0, 63, 0
        return self._plan(named, first, last, approximation, progressive=progressive)

    def _plan(
        self, named: dict[int, int], first: int, last: int, approximation: int, *, progressive: bool
    ) -> Scan | None:
        high, low = approximation >> 4, approximation & 15
        rows = []
        for name, tables in named.items():
            component = self.components[name]
            if tables >> 4 > 3 or tables & 15 > 3:
                raise SegmentError("a scan of tables that cannot be")
            dc, ac = tables >> 4, 4 + (tables & 15)
            wanted = set() if high and not first else {ac} if first else {dc} if progressive else {dc, ac}
            if not wanted <= self.coded:
                raise SegmentError("a scan of tables that there are not")
            times = component.across * component.down if len(named) > 1 else 1
            rows += [[list(self.components).index(name), dc, ac, self._largest(component) >> low]] * times
        if len(rows) > 10:
            raise SegmentError("too many blocks in a unit")
        units = self._units(named)
        held = np.zeros(0, np.int64)
        if first:
            component = self.components[next(iter(named))]
            if units > MOST_BLOCKS:
                return None
            if component.held is None:
                component.held = np.zeros(units, np.int64)
            held = component.held
        settings = np.array([units, self.interval, first, last, high, int(progressive)], np.int64)
        return Scan(settings, np.array(rows, np.int64), held)

    def _largest(self, component: Component) -> int:
        """Return the largest mean that a block of pixels can have, twice over, since encoders round."""
        step = self.mean_steps.get(component.quantised, 1) or 1
        return ((16 << self.depth - 1) + step) // step

    def _units(self, named: dict[int, int]) -> int:
        across = max(c.across for c in self.components.values())
        down = max(c.down for c in self.components.values())
        if len(named) > 1:
            return -(-self.width // (8 * across)) * -(-self.height // (8 * down))
        component = self.components[next(iter(named))]
        wide = -(-self.width * component.across // across)
        high = -(-self.height * component.down // down)
        return -(-wide // 8) * -(-high // 8)

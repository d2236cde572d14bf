"""The drawings of the pace: laid out once as plain shapes, then written as SVG or painted as PNG.

Within a page the shapes have classes, so that they follow light and dark; on their own they bring their colours along.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from everyframe.triage.drawing_words import DRAWING_WORDS, Words
from everyframe.triage.pace import BIN, Pace

__all__ = ["DRAWINGS", "Drawing", "png", "svg"]

Point = tuple[float, float]
WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 18, 34
_SCALE: Final = 2
_FONT: Final = 12
_BARS: Final = 120

#: Names of what is drawn → colour on paper. The page has its own for each, light and dark.
COLOURS: Final = {
    "ground": "#ffffff",
    "axis": "#b9c0c7",
    "text": "#3b444d",
    "bar": "#4c9a68",
    "line": "#14688f",
    "found": "#e0a83c",
    "looked": "#4c9a68",
    "duplicate-of-looked": "#71b08a",
    "stacked-under-looked": "#9bc7ad",
    "known": "#7488c4",
    "excluded": "#9d91b8",
    "not-media": "#b4bcc5",
    "unreadable": "#cc7a62",
    "remaining": "#e0a83c",
    "pending": "#d5dae0",
}


@dataclass(slots=True)
class Drawing:
    """Hold shapes in order: boxes, lines and words, each with a role that colours it."""

    title: str
    width: int = WIDTH
    height: int = HEIGHT
    boxes: list[tuple[float, float, float, float, str, str]] = field(default_factory=list)
    lines: list[tuple[Sequence[Point], str, float]] = field(default_factory=list)
    words: list[tuple[float, float, str, str]] = field(default_factory=list)

    def box(self, at: Point, size: Point, role: str, says: str = "") -> None:
        """Add a box by its upper left corner."""
        self.boxes.append((*at, *size, role, says))

    def line(self, points: Sequence[Point], role: str, thick: float = 2) -> None:
        """Add a line."""
        self.lines.append((points, role, thick))

    def say(self, at: Point, text: str, anchor: str = "start") -> None:
        """Add words, their baseline at a point; ``anchor`` is start, middle or end."""
        self.words.append((*at, text, anchor))


def svg(drawing: Drawing, *, alone: bool) -> str:
    """Write a drawing as SVG; ``alone``: as a file, with colours of its own."""

    def paint(role: str, what: str) -> str:
        return f'{what}="{COLOURS[role]}"' if alone else f'class="d-{role}"'

    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(drawing.title)}">'
    parts = [head, f"<title>{escape(drawing.title)}</title>"]
    if alone:
        parts.append(f'<rect width="{drawing.width}" height="{drawing.height}" fill="{COLOURS["ground"]}"/>')
    for points, role, thick in drawing.lines:
        at = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        parts.append(f'<polyline points="{at}" fill="none" stroke-width="{thick}" {paint(role, "stroke")}/>')
    for x, y, w, h, role, says in drawing.boxes:
        inner = f"<title>{escape(says)}</title>" if says else ""
        parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" {paint(role, "fill")}>{inner}</rect>'
        )
    for x, y, text, anchor in drawing.words:
        own = f'font-family="sans-serif" font-size="{_FONT}" {paint("text", "fill")}'
        parts.append(f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" {own}>{escape(text)}</text>')
    return "\n".join([*parts, "</svg>"])


def png(drawing: Drawing) -> bytes:
    """Paint a drawing as PNG, at twice its size."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), COLOURS["ground"])
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_FONT * _SCALE)
    for points, role, thick in drawing.lines:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        draw.line(scaled, fill=COLOURS[role], width=round(thick * _SCALE), joint="curve")
    for x, y, w, h, role, _ in drawing.boxes:
        if w > 0 and h > 0:
            draw.rectangle([v * _SCALE for v in (x, y, x + w, y + h)], fill=COLOURS[role])
    anchors = {"start": "ls", "middle": "ms", "end": "rs"}
    for x, y, text, anchor in drawing.words:
        at = (x * _SCALE, y * _SCALE)
        draw.text(at, text.replace("\u202f", " "), fill=COLOURS["text"], font=font, anchor=anchors[anchor])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _amount(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if value >= 10 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004 - tenths below ten


def _axes(drawing: Drawing, top: float, right: float, names: Point | tuple[str, str]) -> None:
    """Draw the frame: three heights, the range across, and what both say."""
    wide, high = drawing.width - _LEFT - _RIGHT, drawing.height - _TOP - _BOTTOM
    for share in (0.0, 0.5, 1.0):
        y = drawing.height - _BOTTOM - share * high
        drawing.line(((_LEFT, y), (_LEFT + wide, y)), "axis", 1)
        drawing.say((_LEFT - 6, y + 4), _amount(top * share), "end")
    drawing.say((_LEFT, drawing.height - 14), "0")
    drawing.say((_LEFT + wide, drawing.height - 14), _amount(right), "end")
    drawing.say((_LEFT + wide / 2, drawing.height - 14), str(names[0]), "middle")
    drawing.say((_LEFT, _TOP - 6), str(names[1]))


def draw_yield(pace: Pace, _states: dict[str, int], words: Words = DRAWING_WORDS) -> Drawing:
    """Draw new relevant ones per 100 looks: is it drying up?"""
    drawing = Drawing(words["yield.title"])
    step = max(1, -(-len(pace.bins) // _BARS))
    bars = [sum(pace.bins[i : i + step]) / len(pace.bins[i : i + step]) for i in range(0, len(pace.bins), step)]
    top = max([1.0, *bars])
    _axes(drawing, top, pace.looked, (words["yield.across"], words["yield.up"]))
    wide, high = drawing.width - _LEFT - _RIGHT, drawing.height - _TOP - _BOTTOM
    each = wide / max(1, len(bars))
    for number, value in enumerate(bars):
        tall = high * value / top
        first, last = number * step * BIN + 1, (number + 1) * step * BIN
        says = words["yield.bar"].format(first=first, last=last, value=_amount(value))
        drawing.box(
            (_LEFT + number * each, drawing.height - _BOTTOM - tall), (max(each * 0.86, 0.5), tall), "bar", says
        )
    return drawing


def draw_found(pace: Pace, _states: dict[str, int], words: Words = DRAWING_WORDS) -> Drawing:
    """Draw how many relevant ones were found by when, and where the bound of the newest sample stands."""
    drawing = Drawing(words["found.title"])
    unseen = next((s.whole.unseen for s in reversed(pace.samples) if s.whole is not None), None)
    top = max(1.0, pace.relevant + (unseen or 0))
    _axes(drawing, top, pace.looked, (words["yield.across"], words["found.up"]))
    wide, high = drawing.width - _LEFT - _RIGHT, drawing.height - _TOP - _BOTTOM
    points, total = [(float(_LEFT), float(drawing.height - _BOTTOM))], 0
    for number, value in enumerate(pace.bins, 1):
        total += value
        across = min(number * BIN, pace.looked) / max(1, pace.looked)
        points.append((_LEFT + wide * across, drawing.height - _BOTTOM - high * total / top))
    drawing.line(points, "line", 2.5)
    if unseen is not None:
        drawing.line(((_LEFT, _TOP), (_LEFT + wide, _TOP)), "found", 1.5)
        drawing.say((_LEFT + wide, _TOP - 6), words["found.bound"].format(top=_amount(top)), "end")
    return drawing


def draw_states(_pace: Pace, states: dict[str, int], words: Words = DRAWING_WORDS) -> Drawing:
    """Draw the share of each state of the account."""
    shown = {name: n for name, n in states.items() if n}
    drawing = Drawing(words["states.title"], height=_TOP + 26 * max(1, len(shown)) + 12)
    most, wide = max([1, *shown.values()]), drawing.width - 180 - 120
    total = max(1, sum(states.values()))
    for row, (name, number) in enumerate(shown.items()):
        y = _TOP + 26 * row
        said = words[f"state.{name}"]
        drawing.say((170, y + 13), said, "end")
        drawing.box((180, y), (max(1.0, wide * number / most), 18), name, f"{said}: {number}")
        drawing.say((186 + max(1.0, wide * number / most), y + 13), f"{_amount(number)} · {100 * number / total:.1f} %")
    return drawing


def draw_pace(pace: Pace, _states: dict[str, int], words: Words = DRAWING_WORDS) -> Drawing:
    """Draw the pace of each person."""
    people = [w for w in pace.workers if w.per_hour][:12]
    drawing = Drawing(words["pace.title"], height=_TOP + 26 * max(1, len(people)) + 12)
    most, wide = max([1.0, *(w.per_hour or 0 for w in people)]), drawing.width - 180 - 150
    if not people:
        drawing.say((_LEFT, _TOP + 13), words["pace.none"])
    for row, worker in enumerate(people):
        y, rate = _TOP + 26 * row, worker.per_hour or 0.0
        drawing.say((170, y + 13), worker.actor[:26], "end")
        drawing.box((180, y), (max(1.0, wide * rate / most), 18), "line", worker.actor)
        said = words["pace.bar"].format(rate=_amount(rate), hours=f"{worker.hours:.1f}")
        drawing.say((186 + max(1.0, wide * rate / most), y + 13), said)
    return drawing


def draw_assurance(pace: Pace, _states: dict[str, int], words: Words = DRAWING_WORDS) -> Drawing:
    """Draw what the newest finished sample says of each stratum: how many relevant ones are not found yet at the most."""
    newest = next((s for s in reversed(pace.samples) if s.whole is not None), None)
    if newest is None or newest.whole is None:
        drawing = Drawing(words["assurance.none.title"], height=_TOP + 38)
        drawing.say((_LEFT, _TOP + 13), words["assurance.none"])
        return drawing
    bounds = [*newest.strata, *([newest.whole] if len(newest.strata) > 1 else [])]
    title = words["assurance.title"].format(confidence=f"{100 * newest.confidence:g}")
    drawing = Drawing(title, height=_TOP + 26 * len(bounds) + 30)
    most, wide = max(1, *(b.unseen for b in bounds)), drawing.width - 180 - 170
    for row, bound in enumerate(bounds):
        y, long = _TOP + 26 * row, max(1.0, wide * bound.unseen / most)
        says = words["assurance.bar"].format(unseen=_amount(bound.unseen), population=_amount(bound.population))
        drawing.say((170, y + 13), bound.name or words["assurance.whole"], "end")
        drawing.box((180, y), (long, 18), bound.name or "found", says)
        drawing.say((186 + long, y + 13), says)
    drawn, relevant = _amount(newest.drawn), _amount(newest.whole.relevant)
    said = words["assurance.sample"].format(sample=newest.sample, day=newest.at[:10], drawn=drawn, relevant=relevant)
    drawing.say((180, drawing.height - 12), said)
    return drawing


#: Every drawing: its name in addresses, and the function that lays it out.
DRAWINGS: Final[tuple[tuple[str, Any], ...]] = (
    ("yield", draw_yield),
    ("found", draw_found),
    ("states", draw_states),
    ("pace", draw_pace),
    ("assurance", draw_assurance),
)

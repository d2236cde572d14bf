"""Draw what is flat: screenshots, photographed pages, cartoons, abstract pictures, blank frames."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from everyframe.demo.noise import fractal, grain
from everyframe.demo.paint import (
    Colour,
    Layer,
    Picture,
    Rng,
    Size,
    chance,
    from_image,
    glow,
    gradient,
    ink,
    jitter,
    pick,
    plain,
    shade,
    to_image,
)
from everyframe.demo.scene_land import draw_hills, draw_mountains
from everyframe.demo.scene_sea import draw_seaside
from everyframe.demo.scene_still import add_table, draw_still_life
from everyframe.demo.solid import Quad, Stage, Viewpoint

_WORDS = (
    "garden",
    "market",
    "train",
    "window",
    "kettle",
    "river",
    "morning",
    "paper",
    "ticket",
    "bridge",
    "lemon",
    "summer",
    "harbour",
    "bicycle",
    "recipe",
    "weather",
    "library",
    "museum",
    "picnic",
    "chapter",
    "orchard",
    "station",
    "letter",
    "blanket",
    "concert",
    "notebook",
    "mountain",
    "bakery",
)
_BOLD: tuple[Colour, ...] = (
    (230, 70, 60),
    (250, 190, 60),
    (70, 160, 220),
    (90, 180, 110),
    (150, 100, 190),
    (250, 140, 80),
    (40, 60, 110),
    (250, 250, 245),
)


def _words(rng: Rng, count: int) -> str:
    return " ".join(_WORDS[int(i)] for i in rng.integers(0, len(_WORDS), count)).capitalize()


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, round(size)))


def draw_chat(rng: Rng, size: Size) -> Picture:
    """Draw a screenshot of a chat about everyday things."""
    dark = chance(rng, 0.4)
    back: Colour = jitter(
        rng, (18, 24, 30) if dark else pick(rng, ((236, 229, 221), (245, 245, 247), (218, 232, 240))), 6
    )
    image = Image.new("RGB", size.pair, ink(back)[:3])
    draw = ImageDraw.Draw(image)
    unit = min(size.pair) / 24
    accent = jitter(rng, pick(rng, _BOLD[:5]))
    draw.rectangle((0, 0, size.width, unit * 2.2), fill=ink(shade(accent, 0.7))[:3])
    draw.text((unit * 2.6, unit * 0.6), _words(rng, 2), fill=(255, 255, 255), font=_font(unit))
    draw.ellipse((unit * 0.5, unit * 0.35, unit * 2, unit * 1.85), fill=ink(pick(rng, _BOLD))[:3])
    y = unit * 3
    while y < size.height - unit * 3:
        y += _bubble(rng, image, (y, unit), (accent, dark)) + unit * 0.5
    draw.rectangle(
        (0, size.height - unit * 2, size.width, size.height), fill=ink(shade(back, 0.94 if not dark else 1.5))[:3]
    )
    draw.text((unit, size.height - unit * 1.5), "Message", fill=(128, 128, 128), font=_font(unit * 0.8))
    return from_image(image)


def _bubble(rng: Rng, image: Image.Image, place: tuple[float, float], looks: tuple[Colour, bool]) -> float:
    y, unit = place
    accent, dark = looks
    draw = ImageDraw.Draw(image)
    mine = chance(rng, 0.5)
    wide = image.width * rng.uniform(0.3, 0.72)
    left = image.width - wide - unit * 0.6 if mine else unit * 0.6
    if chance(rng, 0.16):
        tall = wide * 0.66
        shot = (draw_hills, draw_seaside, draw_still_life)[int(rng.integers(3))](rng, Size(240, 160))
        image.paste(to_image(shot).resize((int(wide), int(tall))), (int(left), int(y)))
        return tall
    lines = [_words(rng, max(1, int(wide / unit / 3.6))) for _ in range(int(rng.integers(1, 4)))]
    tall = unit * (0.7 + 1.1 * len(lines))
    fill = shade(accent, 0.55) if mine and dark else accent if mine else (44, 52, 60) if dark else (255, 255, 255)
    draw.rounded_rectangle((left, y, left + wide, y + tall), unit * 0.5, fill=ink(fill)[:3])
    text = (255, 255, 255) if mine or dark else (30, 34, 40)
    for number, line in enumerate(lines):
        draw.text((left + unit * 0.5, y + unit * (0.3 + 1.1 * number)), line, fill=text, font=_font(unit * 0.8))
    return tall


def draw_web_page(rng: Rng, size: Size) -> Picture:
    """Draw a screenshot of a web page with a banner, columns and pictures."""
    image = Image.new("RGB", size.pair, (252, 252, 250))
    draw = ImageDraw.Draw(image)
    accent = jitter(rng, pick(rng, _BOLD[:6]))
    unit = min(size.pair) / 26
    banner = int(unit * rng.uniform(3, 11))
    show = (draw_mountains, draw_seaside, draw_hills, draw_still_life)[int(rng.integers(4))]
    shot = to_image(show(rng, Size(400, max(40, int(400 * banner / size.width)))))
    image.paste(shot.resize((size.width, banner)), (0, int(unit * 2)))
    draw.rectangle((0, 0, size.width, unit * 2), fill=ink(accent)[:3])
    for number in range(5):
        draw.text((unit * (1 + 5 * number), unit * 0.5), _words(rng, 1), fill=(255, 255, 255), font=_font(unit * 0.9))
    draw.text((unit * 2, unit * 2 + banner * 0.4), _words(rng, 3), fill=(255, 255, 255), font=_font(unit * 2.2))
    columns = int(rng.integers(1, 5))
    for column in range(columns):
        wide = (size.width - unit * 2) / columns
        _column(rng, image, (unit + wide * column, unit * 3 + banner, wide - unit), unit)
    return from_image(image)


def _column(rng: Rng, image: Image.Image, place: tuple[float, float, float], unit: float) -> None:
    x, y, wide = place
    draw = ImageDraw.Draw(image)
    while y < image.height:
        if chance(rng, 0.35):
            show = (draw_hills, draw_still_life, draw_abstract)[int(rng.integers(3))]
            shot = to_image(show(rng, Size(160, 110)))
            image.paste(shot.resize((int(wide), int(wide * 0.66))), (int(x), int(y)))
            y += wide * 0.66 + unit * 0.5
        draw.text((x, y), _words(rng, max(1, int(wide / unit / 5))), fill=(30, 34, 40), font=_font(unit))
        y += unit * 1.4
        for _ in range(int(rng.integers(2, 7))):
            draw.text((x, y), _words(rng, max(1, int(wide / unit / 2.6))), fill=(96, 100, 108), font=_font(unit * 0.6))
            y += unit * 0.85
        y += unit


def draw_document(rng: Rng, size: Size) -> Picture:
    """Draw a printed page lying on a table, photographed at an angle."""
    picture = plain(size, (90, 80, 70))
    add_table(rng, picture, 0)
    view = Viewpoint(
        (rng.normal(0, 0.03), 0.6, -0.16), rng.normal(0, 0.1), rng.uniform(-1.25, -0.95), rng.uniform(0.75, 1.0)
    )
    stage = Stage(picture, view)
    turn = rng.normal(0, 0.35)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    wide, tall = 0.3, 0.42
    corner = (-wide / 2 * cos - 0.2 * sin, 0.0, 0.3 - wide / 2 * sin * -1)
    quad = Quad(corner, (wide * cos, 0, -wide * sin), (-tall * sin, 0, -tall * cos))
    shadow = Quad((corner[0] + 0.012, 0, corner[2] - 0.012), quad.right, quad.down)
    stage.quad(shadow, (10, 10, 10), 1, 0.4)
    stage.quad(quad, _page(rng), 1.0)
    glow(picture, (size.width * rng.random(), size.height * rng.random()), size.width * 0.6, (26, 24, 18))
    return picture


def _page(rng: Rng) -> Picture:
    image = Image.new("RGB", (600, 840), (246, 244, 238))
    draw = ImageDraw.Draw(image)
    y = 50.0
    draw.text((60, y), _words(rng, 3), fill=(20, 20, 24), font=_font(34))
    y += 70
    while y < image.height - 60:
        if chance(rng, 0.1):
            shot = draw_mountains(rng, Size(240, 120))
            image.paste(to_image(shot).resize((480, 200)), (60, int(y)))
            y += 220
        elif chance(rng, 0.13):
            for row in range(4):
                draw.line((60, y + row * 26, 540, y + row * 26), fill=(60, 60, 66), width=2)
            y += 100
        else:
            draw.text((60, y), _words(rng, int(rng.integers(4, 9))), fill=(40, 40, 46), font=_font(17))
            y += 27
    return from_image(image)


def draw_abstract(rng: Rng, size: Size) -> Picture:
    """Draw bold shapes on a coloured ground."""
    colours = [jitter(rng, pick(rng, _BOLD)) for _ in range(5)]
    picture = gradient(size, ((0, colours[0]), (1, shade(colours[0], 0.75))))
    layer = Layer(size)
    for _ in range(int(rng.integers(8, 22))):
        centre = (rng.uniform(0, size.width), rng.uniform(0, size.height))
        reach = size.height * rng.uniform(0.06, 0.36)
        colour = jitter(rng, colours[int(rng.integers(1, 5))], 16)
        kind = int(rng.integers(3))
        if kind == 0:
            layer.ellipse(centre, (reach, reach * rng.uniform(0.5, 1)), colour)
        elif kind == 1:
            angles = np.sort(rng.uniform(0, 2 * np.pi, 4))
            layer.polygon([(centre[0] + np.cos(a) * reach, centre[1] + np.sin(a) * reach) for a in angles], colour)
        else:
            end = (centre[0] + rng.normal(0, reach * 2), centre[1] + rng.normal(0, reach * 2))
            layer.line((centre, end), colour, reach * 0.15)
    layer.onto(picture, grain(rng, size, 0.04))
    return picture


def draw_cartoon(rng: Rng, size: Size) -> Picture:
    """Draw flat shapes with dark outlines: a house, trees, a balloon, a boat, a rocket."""
    sky: Colour = pick(rng, ((150, 214, 250), (250, 214, 170), (60, 60, 120), (190, 240, 220)))
    picture = plain(size, jitter(rng, sky))
    layer = Layer(size)
    w, h = size.pair
    grass = jitter(rng, pick(rng, ((120, 200, 90), (240, 220, 150), (240, 246, 250), (90, 160, 200))))
    level = rng.uniform(0.55, 0.8) * h
    hills = [(x, level - np.sin(x / w * rng.uniform(4, 5) + 1) * h * 0.07) for x in np.linspace(0, w, 40)]
    layer.polygon([(0, h), *hills, (w, h)], grass)
    layer.line(hills, (30, 30, 36), h * 0.006)
    _outlined(layer, [(rng.uniform(0.1, 0.9) * w, rng.uniform(0.08, 0.3) * h)], h * 0.09, (255, 220, 70))
    for _ in range(int(rng.integers(3, 8))):
        x = rng.uniform(0.08, 0.92) * w
        scale = h * rng.uniform(0.08, 0.22)
        shape = (_toon_house, _toon_tree, _toon_balloon, _toon_rocket)[int(rng.integers(4))]
        shape(rng, layer, (x, level + rng.uniform(0, 0.18) * h), scale)
    layer.onto(picture)
    return picture


def _outlined(layer: Layer, points: list[tuple[float, float]], scale: float, colour: Colour) -> None:
    """Fill a polygon, or a disc around a single point, with a dark outline."""
    if len(points) == 1:
        layer.ellipse(points[0], (scale * 1.05, scale * 1.05), (30, 30, 36))
        layer.ellipse(points[0], (scale * 0.95, scale * 0.95), colour)
        return
    layer.polygon(points, colour)
    layer.line([*points, points[0]], (30, 30, 36), scale * 0.05)


def _toon_house(rng: Rng, layer: Layer, at: tuple[float, float], s: float) -> None:
    x, y = at
    _outlined(
        layer, [(x - s, y), (x - s, y - s * 1.2), (x + s, y - s * 1.2), (x + s, y)], s, jitter(rng, pick(rng, _BOLD))
    )
    _outlined(
        layer,
        [(x - s * 1.2, y - s * 1.2), (x, y - s * 2.1), (x + s * 1.2, y - s * 1.2)],
        s,
        jitter(rng, pick(rng, _BOLD)),
    )
    _outlined(
        layer,
        [(x - s * 0.2, y), (x - s * 0.2, y - s * 0.7), (x + s * 0.2, y - s * 0.7), (x + s * 0.2, y)],
        s,
        (120, 80, 60),
    )
    for side in (-0.6, 0.6):
        left, right = x + s * (side - 0.18), x + s * (side + 0.18)
        _outlined(
            layer,
            [(left, y - s * 0.9), (right, y - s * 0.9), (right, y - s * 0.5), (left, y - s * 0.5)],
            s,
            (255, 250, 200),
        )


def _toon_tree(rng: Rng, layer: Layer, at: tuple[float, float], s: float) -> None:
    x, y = at
    _outlined(
        layer, [(x - s * 0.15, y), (x - s * 0.1, y - s), (x + s * 0.1, y - s), (x + s * 0.15, y)], s, (140, 90, 60)
    )
    leaf = jitter(rng, (90, 180, 90), 25)
    for dx, dy in ((-0.4, -1.2), (0.4, -1.2), (0, -1.6)):
        _outlined(layer, [(x + dx * s, y + dy * s)], s * 0.55, leaf)


def _toon_balloon(rng: Rng, layer: Layer, at: tuple[float, float], s: float) -> None:
    x, y = at[0], at[1] - s * rng.uniform(2, 3.5)
    layer.line(((x - s * 0.5, y), (x - s * 0.2, y + s * 1.3)), (30, 30, 36), s * 0.04)
    layer.line(((x + s * 0.5, y), (x + s * 0.2, y + s * 1.3)), (30, 30, 36), s * 0.04)
    _outlined(layer, [(x, y)], s * 0.85, jitter(rng, pick(rng, _BOLD)))
    layer.ellipse((x, y), (s * 0.35, s * 0.8), jitter(rng, pick(rng, _BOLD)))
    box = [
        (x - s * 0.25, y + s * 1.25),
        (x + s * 0.25, y + s * 1.25),
        (x + s * 0.2, y + s * 1.6),
        (x - s * 0.2, y + s * 1.6),
    ]
    _outlined(layer, box, s, (170, 120, 70))


def _toon_rocket(rng: Rng, layer: Layer, at: tuple[float, float], s: float) -> None:
    x, y = at[0], at[1] - s * rng.uniform(0.2, 2.5)
    body = jitter(rng, pick(rng, _BOLD))
    _outlined(
        layer,
        [(x - s * 0.6, y), (x - s * 0.3, y - s * 0.8), (x + s * 0.3, y - s * 0.8), (x + s * 0.6, y)],
        s,
        shade(body, 0.7),
    )
    _outlined(
        layer,
        [(x - s * 0.3, y), (x - s * 0.3, y - s * 1.4), (x, y - s * 2), (x + s * 0.3, y - s * 1.4), (x + s * 0.3, y)],
        s,
        body,
    )
    _outlined(layer, [(x, y - s * 1.1)], s * 0.2, (200, 240, 255))
    _outlined(layer, [(x - s * 0.2, y + s * 0.05), (x, y + s * 0.6), (x + s * 0.2, y + s * 0.05)], s, (255, 160, 50))


def draw_blank(rng: Rng, size: Size) -> Picture:
    """Draw a nearly plain frame: a lens cap, an overexposed or accidental shot."""
    colour = pick(rng, ((4, 4, 5), (250, 250, 250), (120, 90, 70), (60, 80, 120), (128, 128, 128)))
    picture = gradient(size, ((0, colour), (1, shade(colour, rng.uniform(0.9, 1.05)))))
    return np.asarray(picture + (fractal(rng, size, cells=2, octaves=2) * 1.5)[..., None], np.float32)

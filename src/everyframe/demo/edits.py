"""Change a picture the way people do: smaller, cropped, turned, marked, lit, framed by a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from everyframe.demo.paint import Pixels, Rng, chance

Value: TypeAlias = str | int | float


@dataclass(frozen=True, slots=True)
class Edited:
    """Hold an edited picture and the parameters of the edit."""

    pixels: Pixels
    parameters: Mapping[str, Value]


EditPicture: TypeAlias = Callable[[Pixels, Rng], Edited]


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels))


def resized(pixels: Pixels, rng: Rng) -> Edited:
    """Scale to 30-75 %."""
    share = round(float(rng.uniform(0.3, 0.75)), 3)
    image = _image(pixels)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return Edited(np.asarray(image.resize(size, Image.Resampling.LANCZOS)), {"scale": share})


def recompressed(pixels: Pixels, rng: Rng) -> Edited:
    """Keep the pixels, to be saved at a low quality."""
    return Edited(pixels, {"quality": int(rng.integers(30, 66))})


def cropped(pixels: Pixels, rng: Rng) -> Edited:
    """Keep 55-90 % of each side."""
    height, width = pixels.shape[:2]
    keep = round(float(rng.uniform(0.55, 0.9)), 3)
    wide, tall = int(width * keep), int(height * keep)
    left, top = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
    parameters = {"keep": keep, "left": left, "top": top, "width": wide, "height": tall}
    return Edited(pixels[top : top + tall, left : left + wide], parameters)


def rotated(pixels: Pixels, rng: Rng) -> Edited:
    """Turn by quarters of a circle; the pixels themselves, not a tag."""
    quarters = int(rng.integers(1, 4))
    return Edited(np.rot90(pixels, quarters), {"degrees": 90 * quarters})


def flipped(pixels: Pixels, rng: Rng) -> Edited:
    """Mirror, left to right more often than upside down."""
    if chance(rng, 0.8):
        return Edited(pixels[:, ::-1], {"axis": "horizontal"})
    return Edited(pixels[::-1], {"axis": "vertical"})


def watermarked(pixels: Pixels, rng: Rng) -> Edited:
    """Write a site name across a corner or the middle."""
    image = _image(pixels).convert("RGBA")
    text = ("picture-swap.example", "www.holiday-pics.example", "(c) wallpapers.example")[int(rng.integers(3))]
    font = ImageFont.load_default(max(10, image.width // int(rng.integers(14, 26))))
    over = Image.new("RGBA", image.size)
    place = (image.width * rng.uniform(0.03, 0.3), image.height * rng.uniform(0.05, 0.9))
    ImageDraw.Draw(over).text(
        place, text, fill=(255, 255, 255, 170), font=font, stroke_width=1, stroke_fill=(0, 0, 0, 120)
    )
    return Edited(np.asarray(Image.alpha_composite(image, over).convert("RGB")), {"text": text})


def brightened(pixels: Pixels, rng: Rng) -> Edited:
    """Change brightness and contrast."""
    gain = round(float(rng.choice((0.6, 0.75, 1.25, 1.4))), 2)
    lift = int(rng.integers(-18, 19))
    table = np.clip((np.arange(256) - 128) * (1 + lift / 90) + 128, 0, 255) * gain + lift
    return Edited(np.clip(table, 0, 255).astype(np.uint8)[pixels], {"gain": gain, "lift": lift})


def framed(pixels: Pixels, rng: Rng) -> Edited:
    """Show the picture on a phone screen with bars above and below."""
    wide = int(rng.choice((540, 720)))
    image = _image(pixels)
    tall = round(image.height * wide / image.width)
    back = (0, 0, 0) if chance(rng, 0.6) else (246, 246, 246)
    high = max(int(wide * 2), int(tall * 1.25))
    screen = Image.new("RGB", (wide, high), back)
    screen.paste(image.resize((wide, tall), Image.Resampling.BILINEAR), (0, (high - tall) // 2))
    draw = ImageDraw.Draw(screen)
    grey = (128, 128, 128)
    font = ImageFont.load_default(wide // 26)
    draw.text(
        (wide * 0.05, wide * 0.02), f"{int(rng.integers(24)):02d}:{int(rng.integers(60)):02d}", fill=grey, font=font
    )
    draw.rounded_rectangle((wide * 0.86, wide * 0.025, wide * 0.95, wide * 0.06), 4, outline=grey, width=2)
    for button in range(3):
        x = wide * (0.25 + 0.25 * button)
        draw.ellipse((x - 12, high - 44, x + 12, high - 20), outline=grey, width=3)
    return Edited(
        np.asarray(screen), {"width": wide, "height": high, "top": (high - tall) // 2, "picture_height": tall}
    )


def unchanged(pixels: Pixels, rng: Rng) -> Edited:
    """Keep the pixels; only the format or the metadata change."""
    del rng
    return Edited(pixels, {})


EDITS: tuple[tuple[str, EditPicture], ...] = (
    ("resized", resized),
    ("recompressed", recompressed),
    ("cropped", cropped),
    ("rotated", rotated),
    ("flipped", flipped),
    ("watermarked", watermarked),
    ("brightness", brightened),
    ("screenshot-with-border", framed),
    ("metadata-stripped", unchanged),
    ("format-converted", unchanged),
)

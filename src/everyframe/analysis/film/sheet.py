"""A contact sheet: the moments of a film in one picture."""

import numpy as np
from PIL import Image

from everyframe.analysis.pixels import Pixels
from everyframe.analysis.renditions import fit

__all__ = ["contact_sheet"]

_COLUMNS = 3
_GROUND = 24


def contact_sheet(frames: tuple[Pixels, ...], side: int) -> Pixels:
    """Lay up to nine frames out in rows of three, the sheet fitting a side; a single frame stays by itself."""
    if len(frames) == 1:
        return fit(frames[0], side)
    columns = min(_COLUMNS, len(frames))
    rows = -(-len(frames) // columns)
    height, width = frames[0].shape[:2]
    cell_width = max(1, side // max(columns, 1))
    cell_height = max(1, round(cell_width * height / width))
    if cell_height * rows > side:
        cell_height = max(1, side // rows)
        cell_width = max(1, round(cell_height * width / height))
    sheet = np.full((cell_height * rows, cell_width * columns, 3), _GROUND, np.uint8)
    for number, frame in enumerate(frames):
        small = _into(frame, cell_width, cell_height)
        top = number // columns * cell_height + (cell_height - small.shape[0]) // 2
        left = number % columns * cell_width + (cell_width - small.shape[1]) // 2
        sheet[top : top + small.shape[0], left : left + small.shape[1]] = small
    return sheet


def _into(frame: Pixels, width: int, height: int) -> Pixels:
    image = Image.fromarray(np.ascontiguousarray(frame))
    image.thumbnail((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image)

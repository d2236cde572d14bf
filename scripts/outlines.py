"""Make the outlines of the map from Natural Earth (public domain), as a wheel of geopandas 0.14 carries it.

pip download --no-deps geopandas==0.14.4 -d /tmp/outlines
.venv/bin/python scripts/outlines.py /tmp/outlines/geopandas-0.14.4-py3-none-any.whl
"""

import itertools
import json
import struct
import sys
import zipfile
from pathlib import Path

SHAPES = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres.shp"
TARGET = Path(__file__).resolve().parents[1] / "src/everyframe/web/static/outlines.json"
HEADER, RECORD, POLYGON = 100, 8, 5
SAYS = "Countries 1:110m of Natural Earth, public domain (naturalearthdata.com), rounded to hundredths of a degree"


def rings(shapes: bytes) -> list[list[float]]:
    """Read every ring of a shapefile of polygons: longitude and latitude in turn, in degrees."""
    found, at = [], HEADER
    while at < len(shapes):
        length = struct.unpack_from(">i", shapes, at + 4)[0] * 2
        body = shapes[at + RECORD : at + RECORD + length]
        at += RECORD + length
        if struct.unpack_from("<i", body)[0] != POLYGON:
            continue
        parts, points = struct.unpack_from("<ii", body, 36)
        starts = [*struct.unpack_from(f"<{parts}i", body, 44), points]
        numbers = struct.unpack_from(f"<{2 * points}d", body, 44 + 4 * parts)
        found += [[round(n, 2) for n in numbers[2 * a : 2 * b]] for a, b in itertools.pairwise(starts)]
    return found


def main() -> None:
    """Write the file that the map draws."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        found = rings(wheel.read(SHAPES))
    TARGET.write_text(json.dumps({"source": SAYS, "rings": found}, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()

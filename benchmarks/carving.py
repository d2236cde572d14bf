"""Carving beside PhotoRec, on the same image in the same run: recall, precision and speed.

``python benchmarks/carving.py [--megabytes N] [--seed N] [--image FILE] [--json]``. The image is made here: pictures, films and
archives between zeros, noise and text. Some are contiguous, some cut short, some in two parts with something between, some in
the middle of other data at an odd offset. Recall counts files that are given with exactly their bytes; a false file is one
that is given as whole and that a decoder does not decode from beginning to end. With ``--image`` the files of an image are
not known, and only the second is counted. PhotoRec is Debian's package ``testdisk``; without it only our side is measured.
"""

import argparse
import functools
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

CLUSTER = 4096
FAMILIES = (
    "jpg",
    "png",
    "gif",
    "bmp",
    "tif",
    "riff",
    "mov",
    "mkv",
    "asf",
    "flv",
    "mpg",
    "zip",
    "raf",
    "orf",
    "ts",
    "m2ts",
)
IMAGES = {"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "avif", "heic", "dng"}
FILMS = {"mp4", "mov", "mkv", "webm", "avi", "wmv", "asf", "flv", "mpeg", "mpg", "ts", "m2ts", "3gp"}
ARCHIVES = {"zip"}
CONTAINERS = (
    ("mp4", "mp4", "mpeg4"),
    ("mov", "mov", "mjpeg"),
    ("mkv", "matroska", "mpeg4"),
    ("avi", "avi", "mjpeg"),
    ("wmv", "asf", "wmv2"),
    ("flv", "flv", "flv"),
    ("mpeg", "mpeg", "mpeg1video"),
    ("ts", "mpegts", "mpeg2video"),
)
WORDS = (
    "harbour",
    "letter",
    "of",
    "the",
    "morning",
    "train",
    "and",
    "seven",
    "apples",
    "on",
    "a",
    "table",
    "near",
    "winter",
)
WAYS = ("contiguous", "fragmented", "embedded", "cut")
SHARES = (0.70, 0.10, 0.08, 0.12)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--image", type=Path, help="an image to carve instead of one that is made")
    parser.add_argument("--made", type=Path, help="a folder for the image that is made; used again when it is there")
    parser.add_argument("--folder", type=Path, help="where the files are made; by default a temporary folder")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("make", "ours"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        work = asked.folder
        print(json.dumps(make(work, asked.megabytes, asked.seed) if asked.part == "make" else ours(asked.image, work)))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        result = measure(Path(name), asked)
    if asked.json:
        print(json.dumps(result))
        return
    for part, values in result.items():
        print(f"{part:10} " + "  ".join(f"{k} {v}" for k, v in values.items()))


def measure(folder: Path, asked: argparse.Namespace) -> dict[str, dict[str, Any]]:
    known: dict[str, list[str]] = {}
    made = asked.made or folder
    image = asked.image or made / "image.dd"
    if not asked.image:
        if not (made / "known.json").exists():
            part("make", made, image, asked)
        known = json.loads((made / "known.json").read_text())
    size = image.stat().st_size
    (folder / "ours").mkdir()
    part("ours", folder / "ours", image, asked)  # compiles, and reads the image into memory for both
    told = part("ours", folder / "ours", image, asked)
    found = {"ours": folder / "ours"}
    seconds = {"ours": told["seconds"]}
    peer = shutil.which("photorec")
    if peer:
        seconds["photorec"] = photorec(peer, image, folder / "photorec")
        found["photorec"] = folder / "photorec"
    else:
        print("photorec is not installed (apt-get install testdisk): only our side is measured", file=sys.stderr)
    result: dict[str, dict[str, Any]] = {
        "image": {"megabytes": size / 1e6} | {way: len(known[way]) for way in WAYS if known}
    }
    for name, place in found.items():
        result[name] = judged(place, known) | {"megabytes_per_second": size / seconds[name] / 1e6}
    result["ours"] |= {k: told[k] for k in ("fragments", "embedded_pictures", "peak_mib", "notices")}
    if peer:
        result["ratio"] = ratios(result["ours"], result["photorec"])
    return result


def ratios(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    both = {"speed": mine["megabytes_per_second"] / theirs["megabytes_per_second"]}
    both["false_files"] = mine["false"] / max(theirs["false"], 1)
    for way in ("recall", *(f"recall_{way}" for way in WAYS[:3])):
        if way in mine:
            both[way] = mine[way] / theirs[way] if theirs[way] else float(mine[way] > 0)
    return both


def part(name: str, folder: Path, image: Path, asked: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder), "--image", str(image)]
    command += ["--megabytes", str(asked.megabytes), "--seed", str(asked.seed)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def ours(image: Path, folder: Path) -> dict[str, Any]:
    """Carve as PhotoRec does: write what is found into a folder."""
    import resource

    from everyframe.evidence.carving import Notice, State, carve

    counts: Counter[str] = Counter()
    notices: list[Notice] = []
    with image.open("rb") as file:
        began = time.perf_counter()
        handle = file.fileno()
        size = image.stat().st_size
        for found in carve(lambda offset, size: os.pread(handle, size, offset), [(0, size)], note=notices.append):
            counts[found.state] += 1
            with (folder / f"{found.state[0]}{found.offset:015}.{found.kind}").open("wb") as target:
                for offset, length in found.pieces:
                    for at in range(offset, offset + length, 1 << 22):
                        target.write(os.pread(handle, min(1 << 22, offset + length - at), at))
        seconds = time.perf_counter() - began
    for extra in [*folder.glob("f*"), *folder.glob("e*")]:
        extra.unlink()
    return {
        "seconds": seconds,
        "fragments": counts[State.FRAGMENT],
        "embedded_pictures": counts[State.EMBEDDED],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "notices": [n.text for n in notices],
    }


def photorec(program: str, image: Path, folder: Path) -> float:
    folder.mkdir()
    wanted = ",".join(f"{family},enable" for family in FAMILIES)
    script = f"partition_none,fileopt,everything,disable,{wanted},wholespace,search"
    command = [program, "/d", str(folder / "found"), "/cmd", str(image), script]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, env=os.environ | {"TERM": "linux"})
    seconds = time.perf_counter() - began
    for extra in [*folder.rglob("t*.jpg"), *folder.rglob("report.xml"), *folder.rglob("b*_broken*")]:
        extra.unlink()
    return seconds


def judged(folder: Path, known: dict[str, list[str]]) -> dict[str, Any]:
    """Count what was known and given exactly, and what was given and is false."""
    given = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}
    exact = set(given.values())
    truth = {digest for way in WAYS[:3] for digest in known.get(way, ())}
    false = [path for path, digest in sorted(given.items()) if digest not in truth and not decodes(path)]
    result: dict[str, Any] = {
        "given": len(given),
        "false": len(false),
        "precision": 1 - len(false) / max(len(given), 1),
    }
    result["false_kinds"] = dict(Counter(path.suffix[1:] for path in false))
    if truth:
        result["recall"] = len(truth & exact) / len(truth)
        result |= {
            f"recall_{way}": len(exact.intersection(known[way])) / max(len(set(known[way])), 1) for way in WAYS[:3]
        }
        kinds = known["kinds"]
        missed = Counter(kind for digest, kind in zip(known["all"], kinds, strict=True) if digest in truth - exact)
        result["missed_kinds"] = dict(missed)
    return result


def decodes(path: Path) -> bool:
    """Tell whether a decoder of the format decodes all of a file without complaint."""
    import av
    import simplejpeg
    from PIL import Image

    kind = path.suffix[1:].lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if kind in {"jpg", "jpeg"}:
                simplejpeg.decode_jpeg(path.read_bytes(), strict=True)
            elif kind in IMAGES:
                with Image.open(path) as picture:
                    for n in range(getattr(picture, "n_frames", 1)):
                        picture.seek(n)
                        picture.load()
            elif kind in ARCHIVES:
                return zipfile.ZipFile(path).testzip() is None
            else:
                with av.open(str(path)) as film:
                    frames = sum(1 for _ in film.decode(video=0))
                    return frames > 0
    except (
        OSError,
        ValueError,
        SyntaxError,
        IndexError,
        EOFError,
        zipfile.BadZipFile,
        av.FFmpegError,
        Image.DecompressionBombError,
    ):
        return False
    return True


def make(folder: Path, megabytes: int, seed: int) -> dict[str, Any]:
    """Write the image; give the digests of its files by the way they lie there."""
    dice = np.random.default_rng(seed)
    known: dict[str, Any] = {way: [] for way in WAYS} | {"all": [], "kinds": []}
    makers = list(content(dice))
    with (folder / "image.dd").open("wb") as image:
        while image.tell() < megabytes * 1_000_000:
            image.write(filler(dice, CLUSTER * int(dice.integers(1, 48))))
            kind, build = makers[int(dice.integers(len(makers)))]
            data = build(int(dice.integers(1 << 31)))
            way = WAYS[int(dice.choice(len(WAYS), p=SHARES))]
            if way == "fragmented" and (kind not in {"jpeg", "png"} or len(data) < 4 * CLUSTER):
                way = "contiguous"
            lay(image, dice, data, way)
            image.write(bytes(-image.tell() % CLUSTER))
            digest = hashlib.sha256(data).hexdigest()
            known[way].append(digest)
            known["all"].append(digest)
            known["kinds"].append(kind)
    (folder / "known.json").write_text(json.dumps(known))
    return {}


def lay(image: BinaryIO, dice: np.random.Generator, data: bytes, way: str) -> None:
    if way == "fragmented":
        cut = CLUSTER * int(dice.integers(1, len(data) // CLUSTER))
        gap = filler(dice, CLUSTER * int(dice.integers(1, 64)))
        data = data[:cut] + gap + data[cut:]
    elif way == "cut":
        cut = CLUSTER * int(dice.integers(1, 2 + len(data) // CLUSTER))
        data = data[: min(cut, len(data) - 1)]
        data += bytes(-len(data) % CLUSTER) + filler(dice, CLUSTER * 4)
    elif way == "embedded":
        data = filler(dice, int(dice.integers(1, 3 * CLUSTER)) | 1) + data + filler(dice, 777)
    image.write(data)


def filler(dice: np.random.Generator, size: int) -> bytes:
    match int(dice.integers(3)):
        case 0:
            return bytes(size)
        case 1:
            return dice.bytes(size)
    text = " ".join(WORDS[n] for n in dice.integers(0, len(WORDS), size // 4 + 9))
    return text.encode()[:size].ljust(size, b".")


def content(dice: np.random.Generator) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    """Give the kinds of file, photographs more often than others."""
    for _ in range(2):
        camera = pooled("jpeg", 3, dice, lambda seed: picture(seed, "JPEG", quality=85 + seed % 12, exif=exif(seed)))
        plain = pooled("jpeg", 3, dice, lambda seed: picture(seed, "JPEG", quality=80))
        yield from [camera, plain] * 6
        yield from [pooled("jpeg", 2, dice, lambda seed: picture(seed, "JPEG", quality=85, progressive=True))] * 3
        yield from [pooled("png", 2, dice, lambda seed: picture(seed, "PNG", scale=0.5))] * 3
        yield pooled("gif", 2, dice, lambda seed: picture(seed, "GIF", scale=0.4))
        yield pooled("webp", 2, dice, lambda seed: picture(seed, "WEBP", scale=0.5))
        yield pooled("zip", 2, dice, archive)
    yield pooled("bmp", 2, dice, lambda seed: picture(seed, "BMP", scale=0.4))
    yield pooled("tiff", 2, dice, lambda seed: picture(seed, "TIFF", scale=0.4))
    yield pooled("tiff", 2, dice, lambda seed: picture(seed, "TIFF", scale=0.5, compression="tiff_lzw"))
    yield pooled("avif", 2, dice, lambda seed: picture(seed, "AVIF", scale=0.3, speed=10))
    for kind, container, codec in CONTAINERS:
        yield pooled(kind, 2, dice, functools.partial(film, container, codec))


def pooled(
    kind: str, count: int, dice: np.random.Generator, build: Callable[[int], bytes]
) -> tuple[str, Callable[[int], bytes]]:
    """Build some files; each JPEG and PNG that is asked for gets a remark of its own, so that no two are the same."""
    pool = [build(int(dice.integers(1 << 31))) for _ in range(count)]

    def one(seed: int) -> bytes:
        data, remark = pool[seed % count], b"Number\0%d" % seed
        if kind == "jpeg":
            return data[:2] + b"\xff\xfe" + (2 + len(remark)).to_bytes(2, "big") + remark + data[2:]
        if kind == "png":
            chunk = b"tEXt" + remark
            return data[:33] + len(remark).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + data[33:]
        return data

    return kind, one


def drawn(seed: int, scale: float = 1.0) -> "Image":
    from PIL import Image as Pictures

    from everyframe.testing.exhibits import draw

    dice = np.random.default_rng(seed)
    wide = int(dice.integers(600, 2400) * scale)
    pixels = draw(seed, wide, wide * 3 // 4).astype(np.int16) + dice.integers(-6, 7, (wide * 3 // 4, wide, 1))
    return Pictures.fromarray(pixels.clip(0, 255).astype(np.uint8))


def picture(seed: int, kind: str, scale: float = 1.0, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own
    out = io.BytesIO()
    drawn(seed, scale).save(out, kind, **options)
    return out.getvalue()


def exif(seed: int) -> bytes:
    import piexif

    from everyframe.testing.exhibits import jpeg

    told: bytes = piexif.dump({"0th": {piexif.ImageIFD.Make: b"Everyframe"}, "1st": {}, "thumbnail": jpeg(seed)})
    return told


def archive(seed: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for n in range(1 + seed % 4):
            target.writestr(f"picture {n}.png", picture(seed + n, "PNG", scale=0.2))
        target.writestr("notes.txt", filler(np.random.default_rng(seed), 9000))
    return out.getvalue()


def film(container: str, codec: str, seed: int) -> bytes:
    import av

    out = io.BytesIO()
    still = np.asarray(drawn(seed).resize((352, 288)))
    with av.open(out, "w", format=container) as target:
        track: Any = target.add_stream(codec, rate=25)
        track.width, track.height = 320, 240
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for n in range(30 + seed % 40):
            window = np.ascontiguousarray(still[n % 40 : n % 40 + 240, n % 30 : n % 30 + 320])
            target.mux(track.encode(av.VideoFrame.from_ndarray(window, format="rgb24")))
        target.mux(track.encode())
    return out.getvalue()


if __name__ == "__main__":
    main()

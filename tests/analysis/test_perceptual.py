import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest
import simplejpeg
from PIL import Image
from tests.analysis.samples import analysed, blob_of, drawing

from everyframe.analysis.decoders import find_decoder
from everyframe.analysis.decoders.jpeg import scale_for
from everyframe.analysis.hashing import RELIABLE_QUALITY
from everyframe.analysis.limits import Limits
from everyframe.analysis.perceptual import distance, pdq
from everyframe.analysis.pixels import raster, sample

#: docs/formats.md promises this for reduced decodes whose quality is at least RELIABLE_QUALITY.
DRIFT = 10


def test_known_answers() -> None:
    grey = np.full((64, 64, 3), 128, np.uint8)
    assert pdq(grey)[1] == 0
    ramp = np.arange(512 * 512, dtype=np.uint32).reshape(512, 512) * 7919 % 251
    value, quality = pdq(np.repeat(ramp.astype(np.uint8)[..., None], 3, axis=2))
    assert (value.hex(), quality) == KNOWN_RAMP


KNOWN_RAMP = ("010dd5fd318fbffb750d15ddf10deaaa555d45d5f10ddfffaaaa08000aaa0800", 100)


def test_tiny_pictures_have_a_zero_hash() -> None:
    assert pdq(np.zeros((4, 100, 3), np.uint8)) == (bytes(32), 0)
    assert pdq(np.asarray(drawing(100, 5)))[0] != bytes(32)


def test_distance_counts_bits() -> None:
    assert distance(bytes(32), b"\xff" * 32) == 256
    assert distance(b"\x01" + bytes(31), b"\x80" + bytes(31)) == 2


def test_sampling_takes_the_nearest_pixel() -> None:
    pixels = np.arange(600 * 700 * 3, dtype=np.uint32).reshape(600, 700, 3).astype(np.uint8)
    taken = sample(pixels)
    assert taken.shape == (512, 512, 3)
    assert np.array_equal(taken[100, 200], pixels[100 * 600 // 512, 200 * 700 // 512])
    small = pixels[:512, :10]
    assert sample(small) is small


def test_reference_hashes_on_full_decodes(corpora: Path) -> None:
    rows = list(csv.DictReader((corpora / "pdq" / "reference.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 42
    wrong = []
    for row in rows:
        blob = blob_of((corpora / "pdq" / "images" / row["image"]).read_bytes())
        found = find_decoder(blob)
        assert found
        result = found[0].decode(blob, Limits())
        full = result.exact() if result.exact else result.raster
        value, quality = pdq(full.hashed)
        same_pixels = hashlib.sha256(full.view.tobytes()).hexdigest() == row["sha256_of_decoded_rgb8"]
        if value.hex() != row["pdq_hex"] or quality != int(row["quality"]) or not same_pixels:
            wrong.append(row["image"])
    assert wrong == []


def test_reduced_decodes_drift_little(corpora: Path) -> None:
    drifts = []
    for path in sorted(corpora.rglob("*.[jJ][pP]*[gG]")):
        data = path.read_bytes()
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        if scale_for(width, height) == 1:
            continue
        result = analysed(data, stages=frozenset({"pdq"}))
        assert result.hash
        assert colours
        full, quality = pdq(raster(simplejpeg.decode_jpeg(data, strict=False)).hashed)
        if result.hash.quality < RELIABLE_QUALITY:
            assert (result.hash.basis, result.hash.pdq, result.hash.quality) == ("full", full, quality)
        else:
            drifts.append(distance(result.hash.pdq, full))
    assert len(drifts) >= 20
    assert max(drifts) <= DRIFT


@pytest.mark.parametrize("stages", [{"pdq"}, {"preview", "pdq"}])
def test_the_hash_does_not_depend_on_other_stages(stages: set[str]) -> None:
    from tests.analysis.samples import jpeg

    assert analysed(jpeg(), stages=frozenset(stages)).hash == analysed(jpeg()).hash


def test_the_upright_hash_is_that_of_the_turned_picture() -> None:
    pixels = np.asarray(drawing(300, 200))
    turned = np.asarray(Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_270))
    assert pdq(raster(pixels).upright_sample(6)) == pdq(turned)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from everyframe.store.order_facts import Column, Facts, code_column
from everyframe.triage.index import DIMENSIONS
from everyframe.triage.queue import Traits
from everyframe.triage.ranking import Labels

PHONE = ("Kestrel", "K2", "S1")


def make_facts(count: int, **changes: Any) -> Facts:
    """Rows that nothing is known of, ids 1 and up, but for what is given."""
    no, none = np.zeros(count, bool), Column(np.full(count, -1, np.int32), [])
    facts = Facts(
        ids=np.arange(1, count + 1),
        group=np.arange(count),
        known=None,
        film=no,
        sound=no,
        differs=no,
        recovered=no,
        pixels=np.full(count, 640 << 20 | 480, np.int64),
        taken=np.full(count, np.nan),
        place=np.full((count, 2), np.nan),
        folder=code_column([(1, b"a")] * count, count),
        camera=none,
        mime=code_column(["image/jpeg"] * count, count),
        software=none,
        links={},
    )
    return replace(facts, **changes)


def make_traits(count: int, alike: list[int], seed: int = 1) -> Traits:
    """Random traits; the rows in ``alike`` share a part."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0, 30, (count, DIMENSIONS))
    vectors[alike, :40] += 60
    return Traits(np.clip(vectors, -127, 127).astype(np.int8), np.arange(count))


def make_labels(facts: Facts, relevant: list[int], other: list[int]) -> Labels:
    seen = np.zeros(len(facts), bool)
    seen[[*relevant, *other]] = True
    return Labels(np.array(relevant, np.int64), np.array(other, np.int64), seen)

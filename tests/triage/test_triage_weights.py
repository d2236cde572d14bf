from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from everyframe.errors import OrderError
from everyframe.store.scheme_files import load_schemes
from everyframe.triage.ranking import Ranking
from everyframe.triage.signals import SIGNALS
from everyframe.triage.weights import load_weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path))
    return tmp_path


def test_the_shipped_file_has_a_weight_for_every_signal_and_speaks_of_every_scheme(home: Path) -> None:
    weights = load_weights()
    assert list(weights.signals) == [s.name for s in SIGNALS]
    assert set(weights.relevant) == set(load_schemes())
    for scheme, codes in weights.relevant.items():
        assert set(codes) <= {c.code for c in load_schemes()[scheme].categories}
    assert (weights.learning, weights.exploration, weights.models) == (True, 0.05, {})
    assert "links" in Ranking.__slots__


def test_an_agency_changes_what_it_names_and_nothing_else(home: Path) -> None:
    before = load_weights()
    (home / "order.toml").write_text(
        'learning = false\n[signals]\nhidden = 9\n[relevant]\nown = ["x"]\n[models]\nm = 2.5\n'
    )
    after = load_weights()
    assert not after.learning
    assert after.signals == before.signals | {"hidden": 9.0}
    assert after.links == before.links
    assert after.relevant_codes("own") == {"x"}
    assert after.relevant_codes("triage") == {"relevant"}
    assert after.models == {"m": 2.5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("learning = 1", "learning must be true or false"),
        ("colour = 1", "unknown field 'colour'; there are learning, exploration"),
        ("exploration = 0.9", "exploration must be a number from 0 to 0.5, not 0.9"),
        ("[signals]\nhiden = 1", "[signals] has no 'hiden'; there are unknown, own-camera"),
        ('[links]\nfolder = "much"', "links.folder must be a number from -1000 to 1000, not 'much'"),
        ("[links]\nfolder = true", "links.folder must be a number"),
        ("signals = 3", "signals must be a table"),
        ("relevant = 3", "relevant must be a table"),
        ("[relevant]\ntriage = []", "relevant.triage must be a list of codes in quotes"),
        ("[models]\nm = 5000", "models.m must be a number"),
        ("[signals", "is not a TOML file"),
    ],
)
def test_what_is_wrong_is_said_with_the_name_of_the_file(home: Path, text: str, said: str) -> None:
    (home / "order.toml").write_text(text)
    with pytest.raises(OrderError) as raised:
        load_weights()
    assert said in str(raised.value)
    assert str(home / "order.toml") in str(raised.value)


def test_a_scheme_that_nothing_is_said_of_is_refused(home: Path) -> None:
    weights: Any = load_weights()
    with pytest.raises(OrderError, match=r"say under .relevant. which categories of scheme other count"):
        weights.relevant_codes("other")

"""The bill of materials names everything that Everyframe runs with, and nothing that only its makers use."""

import json
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    command = [sys.executable, str(ROOT / "scripts/bill_of_materials.py")]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def test_what_is_asked_for_is_named_with_its_version_and_licence(bill: dict[str, Any]) -> None:
    lines = [line for line in requires("everyframe") or () if "extra ==" not in line]
    asked = {re.split(r"[>=<\[ ;]", line)[0].lower() for line in lines}
    assert "numpy" in asked
    named = {c["name"]: c for c in bill["components"]}
    assert asked - set(named) == set()
    assert all(re.match(r"\d", c["version"]) and c["licenses"][0]["license"]["name"] for c in named.values())
    assert not {"ruff", "mypy", "pytest"} & set(named)


def test_every_dependency_is_in_it(bill: dict[str, Any]) -> None:
    refs = {c["bom-ref"] for c in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {d["ref"] for d in bill["dependencies"]} == refs
    assert {r for d in bill["dependencies"] for r in d["dependsOn"]} <= refs

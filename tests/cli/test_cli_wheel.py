"""The same commands from an installed wheel: nothing that is needed stays behind in the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Command

CHECKOUT = Path(__file__).resolve().parents[2]
WHERE = "import everyframe; print(everyframe.__file__)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and lay it out as an installer does."""
    pytest.importorskip("hatchling")
    target = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True, timeout=60)
    (wheel,) = target.glob("everyframe-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target / "site")
    return target / "site"


def test_the_wheel_holds_what_is_not_python_too(installed: Path) -> None:
    held = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    wanted = {
        str(path.relative_to(CHECKOUT / "src"))
        for path in (CHECKOUT / "src").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= held
    assert {name.partition("/")[0].partition("-")[0] for name in held} == {"everyframe"}


def test_the_same_commands_work_from_it(
    program: "Command", installed: Path, tmp_path: Path, stick: Path, finished: Path
) -> None:
    path = {"PYTHONPATH": str(installed)}
    shown = subprocess.run(
        [sys.executable, "-c", WHERE], env=os.environ | path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith(str(installed))
    case = tmp_path / "case"
    assert program("case", "create", case, "--number", "W/1", **path).code == 0
    done = program("intake", case, stick, "--exhibit", "JS/1", "--workers", "1", "--json", **path)
    assert done.code == 1, done.err
    assert done.json()["digest"] == program("digest", finished).out.strip()
    assert program("verify", case, **path).code == 0
    assert "projectvic-us" in program("case", "schemes", **path).out

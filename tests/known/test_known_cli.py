"""The command line of known sets."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.known.known_samples import ROWS, md5, write

from everyframe.cli import cli
from everyframe.errors import EveryframeError

if TYPE_CHECKING:
    from click.testing import Result


def run(*arguments: str | Path) -> "Result":
    from click.testing import CliRunner

    return CliRunner().invoke(cli, ["known", *(str(a) for a in arguments)])


def test_import_list_show_remove(tmp_path: Path) -> None:
    path = write("vics 2.0", tmp_path)
    done = run("import", path, "--kind", "alert", "--scheme", "projectvic-us", "--name", "Set", "--version", "9")
    assert done.exit_code == 0
    assert f"rows         {ROWS}: md5 {ROWS}" in done.stdout
    assert "VICS 2.0 JSON" in done.stdout
    ident = done.stdout.split(":")[0]
    assert run("list").stdout.startswith(f"{ident}: Set 9, alert, unverified")
    assert f'"id": "{ident}"' in run("list", "--json").stdout
    assert "boolean-as-text" in run("show", ident, "--check").stdout
    assert f'"id": "{ident}"' in run("show", ident, "--json").stdout
    assert isinstance(run("remove", ident, "--why", " ").exception, EveryframeError)
    assert "is removed" in run("remove", ident, "--why", "old").stdout
    assert isinstance(run("show", ident).exception, EveryframeError)
    assert "no known sets" in run("list").stdout


def test_faults_are_exit_status_1(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Sum,level\n{md5(1)},1\nzz,2\n")
    done = run("import", path, "--kind", "reference", "--map", "Sum=md5", "--json")
    assert done.exit_code == 1
    assert '"bad-digest": 1' in done.stdout


@pytest.mark.parametrize("arguments", [("--name", "x"), ("--map", "nothing")])
def test_requests_that_make_no_sense(arguments: tuple[str, str], tmp_path: Path) -> None:
    path = write("md5sum", tmp_path)
    done = run("import", path, path, "--kind", "alert", *arguments)
    assert isinstance(done.exception, EveryframeError)


def test_a_delta_takes_the_place_of_its_set(tmp_path: Path) -> None:
    base = write("nsrl", tmp_path).rename(tmp_path / "software.db")
    ident = run("import", base).stdout.split(":")[0]
    path = tmp_path / "delta.sql"
    path.write_text(f"BEGIN;\nINSERT INTO FILE(md5,file_name) VALUES('{md5(77)}','new.dll');\nCOMMIT;\n")
    assert isinstance(run("import", path).exception, EveryframeError)
    done = run("import", path, "--onto", ident, "--version", "2")
    assert done.exit_code == 0
    assert f"made of      {ident}, and what delta.sql changes" in done.stdout
    assert f"rows         {ROWS + 1}: " in done.stdout
    assert ident not in run("list").stdout.split(":")[0]

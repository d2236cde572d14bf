"""One direction of flow: a package imports only those before it, and SQL stands in one place."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "everyframe"
MODULES = sorted(SOURCE.rglob("*.py"))

#: What each package may import of ours. A new package gets its line here, and docs/internals.md its place in the list.
MAY_IMPORT = {
    "__init__": "",
    "errors": "",
    "atomic": "",
    "ending": "",
    "model": "errors",
    "audit": "errors model",
    "store": "errors model audit",
    "evidence": "errors model",
    "analysis": "ending errors model",
    "validate": "errors model analysis",
    "intake": "ending errors model audit store evidence analysis validate",
    "known": "atomic errors model store analysis",  # a hash is turned by turning its pixels
    "grouping": "atomic errors model store known analysis",
    "triage": "atomic errors model store",
    "people": "errors model store",
    "review": "errors model store people",
    "victims": "errors model store review",
    # a case of another tool is read by the reader of known sets and taken in by intake; originals are read back from evidence
    "exchange": "atomic ending errors model audit store evidence intake known",
    "report": "errors model store",
    "demo": "atomic errors model",
    "testing": "errors model store demo",
    "web": "errors model store intake known grouping triage people review victims exchange report",
    "cli": "atomic errors model audit store evidence analysis validate intake known grouping triage people review victims exchange report demo web",
    "schemes": "",
    "__main__": "cli",
}
#: Builds rows in bulk, past every rule, so that tests and benchmarks have a million of them.
MAY_USE_SQL = {"testing/synthetic.py"}

#: Databases that are not ours: one among the files of the demo exhibit, and hash sets that come as one.
NOT_OUR_DATABASE = {"demo", "known"}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def package(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


@functools.cache
def imported(path: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give every import of a module, wherever in it: the module, and the names taken from it."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield node.module or "", tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)


def ours(path: Path) -> set[str]:
    found = set()
    for module, names in imported(path):
        parts = module.split(".")
        if parts[0] == "everyframe":
            packages = parts[1:2] or [n for n in names if not n.startswith("__")]
            found |= set(packages)
    return found


def test_a_module_imports_only_what_stands_before_it() -> None:
    against = {}
    for path in MODULES:
        own = package(path)
        assert own in MAY_IMPORT, f"{own} is a new package: say what it may import"
        beyond = ours(path) - {own} - set(MAY_IMPORT[own].split())
        if beyond:
            against[name(path)] = beyond
    assert against == {}


def test_the_table_itself_goes_in_one_direction() -> None:
    before: set[str] = set()
    for own, allowed in MAY_IMPORT.items():
        assert set(allowed.split()) <= before, own
        before.add(own)


def test_sql_stands_in_the_store_only() -> None:
    """Others may name the type of a connection that is handed to them, and nothing else."""
    for path in MODULES:
        if package(path) == "store" or name(path) in MAY_USE_SQL:
            continue
        for module, names in imported(path):
            top = module.partition(".")[0]
            assert top not in {"sqlite3", "psycopg"} or package(path) in NOT_OUR_DATABASE, name(path)
            assert top != "sqlalchemy" or (module, names) == ("sqlalchemy", ("Connection",)), name(path)


def test_only_the_worker_side_touches_decoders_and_archives() -> None:
    """The process that writes to the case opens no evidence: these libraries stay out of what it imports for itself."""
    libraries = {
        "av",
        "PIL",
        "imagecodecs",
        "libarchive",
        "magic",
        "pi_heif",
        "pybde",
        "pyewf",
        "pyfsapfs",
        "pyfsxfs",
        "pyfvde",
        "pyluksde",
        "pymodi",
        "pytsk3",
        "pyvhdi",
        "pyvmdk",
        "rawpy",
        "simplejpeg",
        "tifffile",
    }
    for path in MODULES:
        # grouping compares previews: those are our own encoding, not evidence; drawings are painted, nothing is opened
        if name(path) != "triage/drawings.py" and package(path) not in {
            "analysis",
            "evidence",
            "validate",
            "demo",
            "testing",
            "grouping",
        }:
            assert {module.partition(".")[0] for module, _ in imported(path)} & libraries == set(), name(path)


def test_no_module_reaches_for_another_host() -> None:
    clients = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "urllib.request", "urllib3"}
    for path in MODULES:
        # an agency's own model may answer on this machine; that no other is asked is shown in test_triage_models.py
        allowed = {"urllib.request"} if name(path) == "triage/models.py" else set()
        assert {module for module, _ in imported(path)} & clients <= allowed, name(path)


def test_names_taken_from_a_module_are_public() -> None:
    for path in MODULES:
        for module, names in imported(path):
            if module.startswith("everyframe"):
                private = [n for n in names if n.startswith("_") and not n.startswith("__")]
                assert private == [], f"{name(path)} takes {private} from {module}"

"""The shape of the code: short functions, short files, errors caught where they are known."""

import ast
import functools
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "everyframe"
MODULES = sorted(SOURCE.rglob("*.py"))
TREES = ("src", "tests", "benchmarks", "scripts", "docs", "changelog.d", ".ci")
SUFFIXES = {".py", ".md", ".toml", ".js", ".css", ".html", ".svg", ".sh", ""}
#: Whatever goes wrong in a command, and whatever goes wrong in a request, ends here.
BORDERS = {"cli/__init__.py", "web/border.py"}
#: The parts of the demo are its own affair; its face is demo/__init__.py.
FACELESS = {"demo"}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield f"{name(path)}: {node.name}", node.end_lineno - node.lineno + 1


def texts() -> Iterator[Path]:
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.suffix in SUFFIXES | {".cfg"} and p.name != "LICENSE")
    for top in TREES:
        yield from (
            p for p in (ROOT / top).rglob("*") if p.is_file() and p.suffix in SUFFIXES and "__pycache__" not in p.parts
        )


def test_functions_are_short() -> None:
    lengths = dict(found for path in MODULES for found in functions(path))
    assert {n: k for n, k in lengths.items() if k > 60} == {}
    ordered = sorted(lengths.values())
    assert statistics.median(ordered) <= 10
    assert ordered[int(len(ordered) * 0.9)] <= 30


def test_files_are_short() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {n: k for n, k in lengths.items() if k > 500} == {}
    assert statistics.median(lengths.values()) <= 150
    scripts = {p.name: len(p.read_text("utf-8").splitlines()) for p in SOURCE.rglob("*.js")}
    assert {n: k for n, k in scripts.items() if k > 500} == {}


def test_tests_are_short_enough_too() -> None:
    assert [p.name for p in (ROOT / "tests").rglob("*.py") if len(p.read_text("utf-8").splitlines()) > 500] == []


def caught(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {kind.id if isinstance(kind, ast.Name) else "" for kind in kinds if kind is not None} or {"everything"}


def test_everything_is_caught_at_the_borders_only() -> None:
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and caught(node) & {"Exception", "BaseException", "everything"}:
                again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
                assert again or name(path) in BORDERS, f"{name(path)}:{node.lineno}"
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                broad = {ast.unparse(a) for a in node.args} & {"Exception", "BaseException"}
                assert not broad, f"{name(path)}:{node.lineno}"


def exported(module: ast.Module) -> list[str] | None:
    for node in module.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            found: list[str] = ast.literal_eval(node.value)
            return found
    return None


def kind(word: str) -> tuple[int, str]:
    return (0 if word.isupper() else 1 if word[0].isupper() else 2, word)


def defined(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in module.body:
        match node:
            case ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word) | ast.ClassDef(name=word):
                found.add(word)
            case ast.Assign(targets=targets):
                found |= {t.id for t in targets if isinstance(t, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=word)):
                found.add(word)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(a.asname or a.name).partition(".")[0] for a in names}
            case _:
                pass
    return found


def offers(module: ast.Module) -> list[str]:
    return [n.name for n in module.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name[0] != "_"]


def test_a_module_says_what_it_offers() -> None:
    for path in MODULES:
        module = tree(path)
        names = exported(module)
        if names is None:
            silent = path.relative_to(SOURCE).parts[0] in FACELESS or not offers(module)
            assert silent, f"{name(path)} has no __all__, but {offers(module)}"
            continue
        assert names == sorted(set(names), key=kind), name(path)
        assert set(names) <= defined(module), name(path)
        assert [n for n in names if n.startswith("_") and not n.startswith("__")] == [], name(path)


def test_a_module_says_what_it_is() -> None:
    assert [name(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_nothing_is_left_to_be_done_later() -> None:
    later = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")
    assert [str(p.relative_to(ROOT)) for p in texts() if later.search(p.read_text("utf-8", "replace"))] == []


def test_it_speaks_of_itself_alone() -> None:
    """No path of the machine that it was written on, no numbers of tickets, no names of tools that wrote it."""
    foreign = re.compile(r"/wor[k]/|/hom[e]/\w|\bissue[s]? #?\d+|\bsub-?agen[t]|language mode[l]", re.IGNORECASE)
    found = [
        f"{p.relative_to(ROOT)}: {hit[0]}" for p in texts() for hit in foreign.finditer(p.read_text("utf-8", "replace"))
    ]
    assert found == []


def test_test_modules_have_names_of_their_own() -> None:
    """Pytest tells them apart by name alone."""
    names = [p.name for p in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_every_exception_to_a_rule_has_its_reason() -> None:
    bare = re.compile(r"# (noqa(?!: [A-Z])|type: ignore(?!\[))")
    silent = re.compile(r"# noqa: [A-Z0-9, ]+$")
    found = [
        f"{name(path)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line) or silent.search(line)
    ]
    assert found == []

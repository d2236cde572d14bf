"""Applying an NSRL delta: a new version of a set, made of the old one and the delta, that takes its place."""

import dataclasses
import re
from pathlib import Path
from typing import Final

from everyframe.errors import UsageError
from everyframe.known.amending import amend
from everyframe.known.delta_rows import DeltaRows
from everyframe.known.info import SetInfo, read_info, write_info
from everyframe.known.lint import Lint
from everyframe.known.read_nsrl import NsrlReader
from everyframe.known.sets import KnownSet, set_folders
from everyframe.known.shelf import NewSet, facts_of, new_folder, record, retire, seat
from everyframe.known.source import Source

__all__ = ["apply_delta"]

#: How NIST names its publications: the version, and which of them it is.
PUBLICATION: Final = re.compile(
    r"RDS_([0-9]{4}\.[0-9]{2}\.[0-9]+)_([a-z0-9_.]+?)(?:[_.]delta)?\.(?:db|sql)", re.IGNORECASE
)


def apply_delta(source: Source, asked: NewSet, *, home: Path, actor: str) -> SetInfo:
    """Make the next version of a set. Its commit point is the renaming of its folder; the old version goes after that.

    Raises:
        UsageError: there is no set that it belongs to, it was applied before, or it cannot be applied exactly.
    """
    if asked.kind or asked.scheme or asked.name or asked.mapping:
        raise UsageError(f"{source.path}: is a delta; its name, kind and scheme are those of the set it is applied to")
    with seat(home) as folder:
        old = _base_of(source, asked.onto, home)
        version = asked.version or _publication(source.path.name)[0] or f"{old.version} and {source.path.stem}".strip()
        like = dataclasses.replace(asked, name=old.name, scheme=old.scheme, version=version, trust=old.trust)
        info = facts_of(source, like, old.kind, old.format, actor)
        if info.source_digest in {old.source_digest, *old.applied}:
            raise UsageError(f"{source.path}: was applied to {old.id} before")
        if (folder / info.id).exists():
            raise UsageError(f"{source.path}: this delta made {info.id} already")
        base = KnownSet(folder / old.id)
        if wrong := base.verify():
            raise UsageError(
                f"{old.id}: the tables of {', '.join(wrong)} are not as they were written; import it again"
            )
        lint = Lint()
        with new_folder(folder, info.id) as place:
            rows, algorithms, categories = amend(place, info.name, base, DeltaRows(source, base, lint), lint)
            info = dataclasses.replace(
                info, rows=rows, algorithms=algorithms, categories=categories,
                lint=dict(lint.counts), lint_examples=lint.examples,
                onto=old.id, applied=[*old.applied, old.source_digest],
            )  # fmt: skip
            write_info(place, info)
        record(folder, "delta", info, actor, f"{source.path.name} applied to {old.id}")
        retire(folder, old, "replace", actor, f"replaced by {info.id}")
    return info


def _base_of(source: Source, onto: str, home: Path) -> SetInfo:
    """Find the set that a delta belongs to."""
    infos = {folder.name: read_info(folder) for folder in set_folders(home)}
    fitting = {ident: info for ident, info in infos.items() if info.format == NsrlReader.NAME}
    if onto and onto not in infos:
        raise UsageError(f"no known set {onto!r}; see: everyframe known list")
    if onto and onto not in fitting:
        raise UsageError(f"{onto}: is no NSRL RDS 3 set; a delta changes only such")
    version, edition = _publication(source.path.name)
    alike = {i: info for i, info in fitting.items() if not onto or i == onto}
    alike = {
        i: info for i, info in alike.items() if _edition_fits(edition, _publication(info.source)[1], said=bool(onto))
    }
    if len(alike) != 1:
        there = ", ".join(fitting) or "none is imported"
        raise UsageError(
            f"{source.path}: is an NSRL delta, and which set it changes is not plain. Say it with --onto; there are: {there}."
            " A delta belongs to the publication that its name says"
        )
    (found,) = alike.values()
    before = _publication(found.source)[0]
    if version and before and _order(version) <= _order(before):
        raise UsageError(f"{source.path}: leads to {version}, and {found.id} is {before} already")
    return found


def _publication(name: str) -> tuple[str, str]:
    found = PUBLICATION.fullmatch(name)
    return (found[1], found[2].lower().replace(".", "_")) if found else ("", "")


def _edition_fits(one: str, other: str, *, said: bool) -> bool:
    """Hold two editions together; names that say none fit only where a person names the set."""
    return one == other if one and other else said


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))

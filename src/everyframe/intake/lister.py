"""Where a run's listing comes from: the folder itself, or a file of another tool that says what is in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from everyframe.intake.plan import check_image, check_unchanged, inspect_sources, list_source, plan_sources
from everyframe.intake.progress import Progress
from everyframe.model.features import Digests
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import vics_imports
from everyframe.store.case import Case
from everyframe.store.sources import Source

if TYPE_CHECKING:
    from everyframe.model.disk import Layout

__all__ = ["FolderLister", "Lister", "StandingLister"]


class Lister(Protocol):
    """Say what is to be taken in.

    ``plan`` MUST give sources that stand in the case. ``commit`` MUST commit the whole listing of a source before any of its
    content is opened, and mark it listed; it SHOULD end early when ``pause`` says True, and MUST begin anew then.
    """

    def plan(self, case: Case, actor: str) -> list[Source]:
        """Find or add the sources."""
        ...

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Commit the listing of a source."""
        ...

    def unchanged(self, case: Case, source: Source) -> Problem | None:
        """Give a Warning when a source is no longer as it was listed; asked when all of it was worked through."""
        ...

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:
        """Give a Warning when the bytes of a file are not those that the listing promised."""
        ...


class FolderLister:
    """List what is in folders, as the system shows it, and in disk images; with ``carving`` lost files of those, too."""

    def __init__(self, paths: Sequence[Path], reference: str, *, another: bool, carving: bool = True) -> None:
        self._paths, self._reference, self._another = paths, reference, another
        self._carving = carving
        self._layouts: dict[bytes, Layout] = {}

    def plan(self, case: Case, actor: str) -> list[Source]:
        """Find or add a source for each path; images are looked into first, and refused when they cannot be read."""
        self._layouts = inspect_sources(self._paths)
        found = plan_sources(case, self._paths, self._reference, actor, another=self._another)
        for source in found:
            if source.state != "listing":
                check_image(case, source, self._layouts.get(source.path))
        return found

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Walk through the folder, or through the volumes of the image."""
        layout = self._layouts.get(source.path)
        list_source(case, source, actor, progress, pause, layout, carving=self._carving)

    def unchanged(self, case: Case, source: Source) -> Problem | None:
        """Walk through it once more."""
        return check_unchanged(case, source)

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:  # noqa: ARG002 - a folder promises no digests
        """Accept any bytes."""
        return None


class StandingLister:
    """List nothing: the sources stand in the case with their listings, and only planned work is done."""

    def __init__(self, found: Sequence[Source]) -> None:
        self._found = list(found)

    def plan(self, case: Case, actor: str) -> list[Source]:  # noqa: ARG002 - nothing is planned
        """Give the sources as they stand."""
        return self._found

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Commit nothing: every source is listed."""

    def unchanged(self, case: Case, source: Source) -> Problem | None:  # noqa: ARG002 - as for folders when they were taken in
        """Walk through nothing; that was done when the source was taken in."""
        return None

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:
        """Hold the bytes of an imported file against what the import promised of them."""
        with case.database.read() as connection:
            said = vics_imports.broken_promise(connection, file_id, digests)
        return Problem(WarningCode.DIGEST_DIFFERS, said, "import") if said else None

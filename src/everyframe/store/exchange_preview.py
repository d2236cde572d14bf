"""What an export would hand out, counted before it is made: state by state, so that it adds up to the account."""

from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, case, func, select

from everyframe.model.states import State
from everyframe.store import schema
from everyframe.store.account import state_of, with_state
from everyframe.store.exchange_choice import Choice, of_files

__all__ = ["Preview", "preview"]

F, S = schema.media_file, schema.standing


@dataclass(slots=True)
class Preview:
    """Hold the counts.

    Args:
        states: state → files and bytes that go out, files and bytes that stay.
        listed: files that the listings name.
        media: contents of which a file goes out.
        categories: scheme and code → contents that go out; an empty code is none.
    """

    listed: int
    states: dict[str, dict[str, int]] = field(default_factory=dict)
    media: int = 0
    categories: list[dict[str, Any]] = field(default_factory=list)

    @property
    def goes(self) -> int:
        """Count the files that go out."""
        return sum(s["goes"] for s in self.states.values())

    @property
    def stays(self) -> int:
        """Count the files that stay."""
        return sum(s["stays"] for s in self.states.values())

    @property
    def balanced(self) -> bool:
        """Tell whether what goes and what stays is all that was listed."""
        return self.goes + self.stays == self.listed

    def as_json(self) -> dict[str, Any]:
        """Give it as the screen reads it."""
        return asdict(self) | {"goes": self.goes, "stays": self.stays, "balanced": self.balanced}


def preview(connection: Connection, choice: Choice) -> Preview:
    """Count.

    Raises:
        UsageError: the case has no such exhibit.
    """
    listing = schema.listing
    listed = connection.execute(select(func.coalesce(func.sum(listing.c.files), 0))).scalar_one()
    found = Preview(int(listed))
    chosen = of_files(connection, choice)
    state, goes = state_of().label("state"), case((chosen, 1), else_=0).label("goes")
    each = with_state(state, goes, func.coalesce(F.c.size, 0).label("size")).subquery()
    query = select(each.c.state, each.c.goes, func.count(), func.sum(each.c.size)).group_by(each.c.state, each.c.goes)
    none = {"goes": 0, "goes_bytes": 0, "stays": 0, "stays_bytes": 0}
    found.states = {s.value: dict(none) for s in State}
    for name, going, files, size in connection.execute(query):
        what = "goes" if going else "stays"
        found.states.setdefault(name or "", dict(none)).update({what: files, f"{what}_bytes": int(size)})
    media = select(F.c.media_id).where(chosen, F.c.media_id.is_not(None)).distinct().subquery()
    scheme, code = func.coalesce(S.c.scheme, ""), func.coalesce(S.c.code, "")
    by = select(scheme, code, func.count()).select_from(media.outerjoin(S, S.c.media_id == media.c.media_id))
    for row in connection.execute(by.group_by(scheme, code).order_by(scheme, code)):
        found.categories.append({"scheme": row[0], "code": row[1], "media": row[2]})
        found.media += row[2]
    return found

"""The statements of intake, built once: building one costs more than running it."""

from sqlalchemy import and_, bindparam, case, delete, func, insert, or_, select, update

from everyframe.model.states import Provenance
from everyframe.store import match_schema, order_schema, schema

F, M, E, J = schema.media_file, schema.media, schema.embedding, schema.job

FILE = select(F).where(F.c.id == bindparam("file_id"))
OCCURRENCES = (
    select(F).where(F.c.media_id == bindparam("of_media"), F.c.provenance != Provenance.EMBEDDED).order_by(F.c.id)
)
SET_FILE = (
    update(F)
    .where(F.c.id == bindparam("file_id"))
    .values({name: bindparam(f"new_{name}") for name in ("media_id", "outcome", "mime", "name_disagrees")})
)
SET_OUTCOME = update(F).where(F.c.id == bindparam("file_id")).values(outcome=bindparam("new_outcome"))
SET_FOLDED = update(F).where(F.c.id == bindparam("file_id")).values(folded_under=bindparam("under"))
SET_PATH = (
    update(F).where(F.c.id == bindparam("file_id")).values(path=bindparam("new_path"), display=bindparam("new_display"))
)
HAS_EMBEDDED = select(func.count()).where(F.c.parent_id == bindparam("file_id"), F.c.provenance == Provenance.EMBEDDED)
LAST_FILE = select(func.max(F.c.id))

MEDIA = select(M).where(M.c.sha256 == bindparam("digest"))
ADD_MEDIA = insert(M).returning(M.c.id)
_FIRST = M.c.occurrences == 0
COUNT_OCCURRENCE = (
    update(M)
    .where(M.c.id == bindparam("of_media"))
    .values(
        first_file_id=case(
            (or_(_FIRST, M.c.first_file_id > bindparam("file_id")), bindparam("file_id")), else_=M.c.first_file_id
        ),
        occurrences=M.c.occurrences + 1,
        folded=and_(bindparam("is_folded"), or_(M.c.folded, _FIRST)),
    )
)
EMBEDDED = (
    select(E, M.c.size, M.c.mime)
    .join(M, M.c.id == E.c.child_id)
    .where(E.c.media_id == bindparam("of_media"))
    .order_by(E.c.ordinal)
)
WARNED = select(schema.warning.c.code, schema.warning.c.reason).where(
    schema.warning.c.media_id == bindparam("of_media")
)
FINISH_JOB = delete(J).where(J.c.media_file_id == bindparam("file_id"), J.c.task == bindparam("of_task"))
ADD = {
    table.name: insert(table)
    for table in (
        schema.media_file, schema.job, schema.warning, schema.listing, schema.preview, schema.media_metadata,
        schema.media_time, schema.embedding, order_schema.trait, match_schema.turned_hash,
    )
}  # fmt: skip
REMOVE = {
    table.name: delete(table).where(table.c.media_id == bindparam("of_media"))
    for table in (
        schema.preview, schema.media_metadata, schema.media_time, schema.embedding, order_schema.trait,
        match_schema.turned_hash,
    )
}  # fmt: skip

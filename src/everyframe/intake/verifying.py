"""Holding the disk inside an image against the hashes that the image stores."""

from collections.abc import Callable

from everyframe.errors import EvidenceError
from everyframe.intake import image_lister
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, images, warnings
from everyframe.store.case import Case
from everyframe.store.sources import Source

__all__ = ["compare", "verify_image"]


def compare(stored: dict[str, str], computed: dict[str, str]) -> tuple[str, bool]:
    """Give what the comparison says in words, and whether a stored hash differs."""
    wrong = [name for name, digest in stored.items() if computed.get(name, "").lower() != digest.lower()]
    if wrong:
        name = wrong[0]
        return f"the stored {name.upper()} is {stored[name]}, and the bytes have {computed.get(name, 'none')}", True
    return (f"as stored ({', '.join(n.upper() for n in stored)})" if stored else "the image stores no hash"), False


def verify_image(case: Case, source: Source, actor: str, tell: Callable[[int, int], None]) -> None:
    """Digest the whole disk in an image once and store the result; a hash that differs becomes a Warning."""
    with case.database.read() as connection:
        stored = images.stored_hashes(connection, source.id)
        if stored is None or images.verified(connection, source.id) is not None:
            return
    hashes, size = stored
    try:
        digests = image_lister.digest_image(source.path, lambda done: tell(done, size))
        words, differs = compare(hashes, digests)
    except EvidenceError as error:
        digests, words, differs = {}, f"not all of it can be read: {error}", True
    with case.database.write() as connection:
        images.set_verified(connection, source.id, digests, words)
        body = {"exhibit": source.reference, "source": source.display, "digests": digests, "result": words}
        audit_log.append(connection, actor, "source.verified", body)
        if differs:
            problem = Problem(WarningCode.IMAGE_HASH_DIFFERS, f"{source.display}: {words}", "verify")
            warnings.add_to_exhibit(connection, source.exhibit_id, [problem])

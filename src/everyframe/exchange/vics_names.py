"""Names that both directions know: of what we tell beside the entities of VICS, and of operations that an import makes."""

from typing import Final

__all__ = ["IMPORT_OPERATION", "OWN"]

#: Before the name of everything we tell in CaseMetadata and MediaMetadata.
OWN: Final = "Everyframe."
#: Begins the id of every operation that puts an import's categories in force.
IMPORT_OPERATION: Final = "vics-import-"

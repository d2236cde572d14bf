"""Files found by their structure alone, in bytes that no directory names: a library of its own, without any decoder."""

from everyframe.evidence.carving.carved import Carved, Limits, Notice, State
from everyframe.evidence.carving.carver import carve
from everyframe.evidence.carving.space import free_ranges

__all__ = ["Carved", "Limits", "Notice", "State", "carve", "free_ranges"]

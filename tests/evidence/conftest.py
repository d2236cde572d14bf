"""Makes the builders beside these tests importable as ``tests.evidence.forge``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

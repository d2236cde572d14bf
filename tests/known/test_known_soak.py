"""Large sets: the memory of an import does not grow with the set."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = 10_000_000
#: Sorted runs are merged in pieces; what an import of any size may take.
MOST_MIB = 700
PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from everyframe.known.importing import NewSet, import_set
from everyframe.known.sets import KnownSets

folder, rows = Path(sys.argv[1]), int(sys.argv[2])
dice, letters = np.random.default_rng(5), np.frombuffer(b"0123456789abcdef", np.uint8)
kept = []
with (folder / "list.txt").open("wb") as file:
    for at in range(0, rows, 500_000):
        digests = dice.integers(0, 256, (500_000, 16), np.uint8)
        kept.append((at, digests[:100].copy()))
        text = np.full((len(digests), 33), 10, np.uint8)
        text[:, 0:32:2], text[:, 1:32:2] = letters[digests >> 4], letters[digests & 15]
        file.write(text.tobytes())
info = import_set(folder / "list.txt", NewSet(kind="reference"), home=folder / "home", actor="soak")
lines = Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))
sets = KnownSets.open(folder / "home")
found = [[(h.query, h.row - at) for h in sets.lookup("md5", digests)] for at, digests in kept]
print(json.dumps({
    "rows": info.rows, "lint": info.lint, "peak_mib": peak, "wrong": sets.sets[0].verify(),
    "found": all(hits == [(n, n) for n in range(100)] for hits in found),
}))
"""


@pytest.mark.soak
def test_a_large_set_takes_bounded_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(ROWS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    assert said["peak_mib"] < MOST_MIB
    assert said | {"peak_mib": 0} == {"rows": ROWS, "lint": {}, "peak_mib": 0, "wrong": [], "found": True}

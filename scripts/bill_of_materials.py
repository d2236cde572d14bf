"""Print the bill of materials of this installation as CycloneDX 1.6: Everyframe and every package it runs with.

Of the packages that Everyframe asks for, and those that these ask for in turn: name, version, licence, and where it is
published. The development tools are left out. Two runs over the same installation print the same.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
OWN = "everyframe"


def plain(name: str) -> str:
    """Write a name as the index does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(found: Distribution) -> Iterator[str]:
    """Give what a package asks for, without its extras."""
    for line in found.requires or ():
        match = NAME.match(line)
        if match and "extra ==" not in line:
            yield plain(match[0])


def packages() -> dict[str, Distribution]:
    """Walk from Everyframe over all that is asked for and installed here."""
    found: dict[str, Distribution] = {}
    waiting = [OWN]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # asked for on another system only
        waiting += needed(found[name])
    return dict(sorted(found.items()))


def component(name: str, found: Distribution) -> dict[str, Any]:
    """Describe one package."""
    meta = found.metadata
    said = [t for field in ("License-Expression", "License") for t in meta.get_all(field) or () if t]
    said += [c.rpartition(" :: ")[2] for c in meta.get_all("Classifier") or () if c.startswith("License")]
    ref = f"pkg:pypi/{name}@{found.version}"
    own = {"type": "library", "bom-ref": ref, "name": name, "version": found.version, "purl": ref}
    return own | {"licenses": [{"license": {"name": (said or ["unknown"])[0].splitlines()[0][:100]}}]}


def main() -> int:
    """Print it."""
    there = packages()
    parts = {name: component(name, found) for name, found in there.items()}
    own = parts.pop(OWN)
    refs = {name: f"pkg:pypi/{name}@{found.version}" for name, found in there.items()}
    depends = [
        {"ref": refs[name], "dependsOn": sorted({refs[n] for n in needed(found) if n in refs})}
        for name, found in there.items()
    ]
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": own}}
    sys.stdout.write(json.dumps(bill | {"components": list(parts.values()), "dependencies": depends}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

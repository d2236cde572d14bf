"""Run everyframe, and be killed by SIGKILL at the Nth call of a function: MODULE NAME N COMMAND…"""

import importlib
import os
import signal
import sys
from typing import Any

if __name__ == "__main__":
    module, name, nth = importlib.import_module(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    owner: Any = module
    for part in name.split(".")[:-1]:
        owner = getattr(owner, part)
    last = name.rpartition(".")[2]
    real, calls = getattr(owner, last), 0

    def counted(*arguments: Any, **named: Any) -> Any:
        global calls  # noqa: PLW0603 - a script of one function
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(owner, last, counted)
    import everyframe.exchange.vics_import as listing
    from everyframe.grouping import stacking

    listing.CHUNK, stacking.BATCH = 1, 1  # type: ignore[misc]  # so that there is something between
    from everyframe.cli import main

    main(sys.argv[4:])

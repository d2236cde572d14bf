from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from everyframe.errors import UsageError
from everyframe.web.serve import serve

if TYPE_CHECKING:
    from everyframe.store.case import Case

PROGRAM = """
import sys
from pathlib import Path
from everyframe.store.case import Case
from everyframe.web.serve import serve
with Case(Path(sys.argv[1])) as case:
    serve(case, port=0, actor="anna", announce=lambda text: print(text, flush=True))
print("ended")
"""


def test_served_on_this_machine_only_until_interrupted(case: Case) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(case.directory)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    found = re.search(r"(http://127\.0\.0\.1:(\d+))/open#(\S{43})", line)
    assert found
    origin, port, token = found.groups()
    own = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
    with httpx.Client(base_url=origin) as client:
        assert client.post("/session", json={"token": token}, headers=own).status_code == 200
        assert client.get("/api/counts", headers=own).json()["all"] == 303
    bound = Path("/proc/net/tcp").read_text()
    assert re.search(rf"0100007F:{int(port):04X} 00000000:0000 0A", bound)
    assert not re.search(rf"00000000:{int(port):04X} 00000000:0000 0A", bound)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert "ended" in out
    assert re.search(rf"{origin}/open#(?!{re.escape(token)})\S{{43}}", out), "the next link was not shown"
    assert token not in err


def test_a_port_that_is_taken_is_said_so(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}.*--port"):
            serve(case, port=port, actor="anna", announce=lambda _: None)

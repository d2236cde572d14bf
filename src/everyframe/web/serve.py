"""Serving a case on this machine only, until Ctrl-C."""

import socket
from collections.abc import Callable

import uvicorn

from everyframe.errors import UsageError
from everyframe.store.case import Case
from everyframe.web.app import create_app
from everyframe.web.sessions import new_token

__all__ = ["serve"]

HOST = "127.0.0.1"
BACKLOG = 64
CLOSE_SECONDS = 3


def serve(case: Case, *, port: int, actor: str, announce: Callable[[str], None]) -> None:
    """Serve a case until the process is interrupted.

    Args:
        case: what is served; the caller holds its review seat.
        port: on 127.0.0.1; 0 takes any that is free.
        actor: who looks and decides.
        announce: shows a line to the person at the terminal.

    Raises:
        UsageError: the port is taken.
    """
    with _listen(port) as listener:
        bound = listener.getsockname()[1]

        def link(token: str, words: str = "Next link, when the screen has locked:") -> None:
            announce(f"{words} http://{HOST}:{bound}/open#{token}")

        token = new_token()
        app = create_app(case, actor=actor, token=token, port=bound, fresh=link)
        link(token, "Open this link; it works once:")
        announce("Ctrl-C stops.")
        _run(uvicorn.Config(app, log_config=None, access_log=False, server_header=False, ws="none"), listener)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} of {HOST} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    return listener


def _run(config: uvicorn.Config, listener: socket.socket) -> None:
    config.timeout_graceful_shutdown = CLOSE_SECONDS
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return

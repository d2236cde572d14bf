"""Serving a case until Ctrl-C: on this machine to one person, or to people with accounts, over TLS."""

import ipaddress
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from everyframe.errors import UsageError
from everyframe.people.accounts import Accounts
from everyframe.store.case import Case
from everyframe.web.app import create_app, create_team_app
from everyframe.web.sessions import new_token
from everyframe.web.site import Site

__all__ = ["Listening", "serve", "serve_team"]

HOST = "127.0.0.1"
BACKLOG = 64
CLOSE_SECONDS = 3
SWITCH_SECONDS = 0.001
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class Listening:
    """Say where to listen.

    Args:
        host: an address of this machine.
        port: 0 takes any that is free.
        names: that stand in the address bar; the host itself when there are none.
        certificate: PEM, with its chain.
        key: PEM.
    """

    host: str
    port: int
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def local(self) -> bool:
        """Tell whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def secure(self) -> bool:
        """Tell whether there is TLS."""
        return self.certificate is not None or self.key is not None

    def check(self) -> None:
        """Refuse to serve others without TLS.

        Raises:
            UsageError: it says what is missing.
        """
        if self.secure and (self.certificate is None or self.key is None):
            raise UsageError("--certificate and --key go together")
        if not self.local and not self.secure:
            raise UsageError(
                f"{self.host} is reached from other machines, so it needs TLS: give --certificate and --key; "
                "docs/team.md says how to make them"
            )
        if self.host in ("0.0.0.0", "::") and not self.names:  # noqa: S104 - compared, not listened at
            raise UsageError(f"{self.host} is no name: say with --name what stands in the address bar")

    def site(self, port: int) -> Site:
        """Give the addresses that are ours."""
        if not self.secure:
            return Site.local(port)
        own = ("localhost",) if self.local else ()
        return Site.over_tls(self.names or (self.host, *own), port)


def serve(case: Case, *, port: int, actor: str, announce: Callable[[str], None]) -> None:
    """Serve a case to one person on this machine until the process is interrupted.

    Args:
        case: what is served; the caller holds its review seat.
        port: on 127.0.0.1; 0 takes any that is free.
        actor: who looks and decides.
        announce: shows a line to the person at the terminal.

    Raises:
        UsageError: the port is taken.
    """
    with _listen(HOST, port) as listener:
        bound = listener.getsockname()[1]

        def link(token: str, words: str = "Next link, when the screen has locked:") -> None:
            announce(f"{words} http://{HOST}:{bound}/open#{token}")

        token = new_token()
        app = create_app(case, actor=actor, token=token, port=bound, fresh=link)
        link(token, "Open this link; it works once:")
        announce("Ctrl-C stops.")
        _run(uvicorn.Config(app, log_config=None, access_log=False, server_header=False, ws="none"), listener)


def serve_team(case: Case, where: Listening, *, announce: Callable[[str], None]) -> None:
    """Serve a case to people with accounts until the process is interrupted.

    Args:
        case: what is served; the caller holds its review seat.
        where: to listen.
        announce: shows a line to the person at the terminal.

    Raises:
        UsageError: nobody has an account, TLS is missing or does not work, or the port is taken.
    """
    where.check()
    if not Accounts(case).all():
        raise UsageError(
            f"nobody has an account yet; begin with: everyframe people add {case.directory} NAME --role administrator"
        )
    with _listen(where.host, where.port) as listener:
        bound = listener.getsockname()[1]
        site = where.site(bound)
        app = create_team_app(case, site=site)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, ws="none", proxy_headers=False
        )
        if where.secure:
            config.load()
            config.ssl = _tls(where)
        announce(f"People sign in at: {', '.join(sorted(site.origins))}")
        announce("Ctrl-C stops.")
        _run(config, listener)


def _tls(where: Listening) -> ssl.SSLContext:
    """Take TLS 1.2 with forward secrecy, or 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    if where.certificate is None:
        raise UsageError("--certificate and --key go together")
    try:
        context.load_cert_chain(where.certificate, where.key)
    except (ssl.SSLError, OSError) as error:
        raise UsageError(f"certificate {where.certificate} and key {where.key} do not work: {error}") from error
    return context


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} of {host} cannot be used ({error.strerror}); choose another with --port"
        ) from error
    return listener


def _run(config: uvicorn.Config, listener: socket.socket) -> None:
    config.timeout_graceful_shutdown = CLOSE_SECONDS
    sys.setswitchinterval(
        SWITCH_SECONDS
    )  # a decision has a dozen steps, and waits at each for whatever thread computes
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return

"""Where a case is served: the addresses that are ours, and the cookie that goes with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response

__all__ = ["Site", "cookie_name"]


def cookie_name(port: int) -> str:
    """Name the session cookie; browsers share cookies between the ports of a host, so the port is in the name."""
    return f"everyframe-{port}"


@dataclass(frozen=True, slots=True)
class Site:
    """Name an address.

    Args:
        hosts: what may stand in the address bar, with the port unless it is the usual one.
        cookie: name of the session cookie.
        secure: whether it is served over TLS.
    """

    hosts: frozenset[str]
    cookie: str
    secure: bool = False

    @classmethod
    def local(cls, port: int) -> "Site":
        """Give the site on this machine only, without TLS."""
        return cls(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}), cookie_name(port))

    @classmethod
    def over_tls(cls, names: Iterable[str], port: int) -> "Site":
        """Give the site that others on the network reach under some names."""
        usual = port == 443  # noqa: PLR2004 - the port of HTTPS
        hosts = {name for n in names for name in ((n, f"{n}:{port}") if usual else (f"{n}:{port}",))}
        return cls(frozenset(hosts), "__Host-everyframe", secure=True)

    @property
    def origins(self) -> frozenset[str]:
        """Give what our own pages have as their origin."""
        return frozenset(f"{'https' if self.secure else 'http'}://{host}" for host in self.hosts)

    def give(self, answer: Response, token: str, seconds: int) -> None:
        """Hand the session cookie out with an answer."""
        answer.set_cookie(
            self.cookie, token, max_age=seconds, httponly=True, samesite="strict", path="/", secure=self.secure
        )

    def take(self, answer: Response) -> None:
        """Take the session cookie back, with what the browser holds of the site."""
        answer.delete_cookie(self.cookie, httponly=True, samesite="strict", path="/", secure=self.secure)
        answer.headers["Clear-Site-Data"] = '"cache"'

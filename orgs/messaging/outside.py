"""Where programs may be called that somebody else named: public addresses only, by TLS, as resolved and checked once.

A name is resolved here, every address of it must be public, and the connection goes to the very address that was
checked: a name that points elsewhere a second later changes nothing. Redirections are never followed.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

LONGEST_URL = 2000
_EMBEDDING = tuple(ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""IPv6 ranges that carry an IPv4 address inside."""


class NotOutside(ValueError):
    """This address must not be called from here."""


class NotFound(OSError):
    """The name is not known."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to call: as it was written, and the checked address behind its name."""

    url: str
    host: str
    port: int
    ip: str


def check_form(url: str) -> tuple[str, int]:
    """Host and port of an address that may be written down. Raises ``NotOutside``; asks no name server."""
    if len(url) > LONGEST_URL or any(character <= " " or character == "\\" for character in url):
        raise NotOutside
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotOutside from error
    schemes = ("https", "http") if settings.CHANNELS_PRIVATE_NETWORK else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise NotOutside
    host = parts.hostname.rstrip(".")
    if not settings.CHANNELS_PRIVATE_NETWORK and ("." not in host and ":" not in host):
        raise NotOutside
    _refuse_inside_literal(host)
    return host, port or (443 if parts.scheme == "https" else 80)


def target(url: str) -> Target:
    """Resolve and check an address. Raises ``NotOutside``, or ``NotFound`` when the name is not known."""
    host, port = check_form(url)
    return Target(url, host, port, checked_ip(host, port))


def checked_ip(host: str, port: int) -> str:
    """An address behind a name, all of whose addresses are public. Raises ``NotOutside`` or ``NotFound``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFound(host) from error
    numbers = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not numbers or not all(is_outside(number) for number in numbers):
        raise NotOutside
    return numbers[0]


def is_outside(number: str) -> bool:
    """Whether an IP address is a public one (any at all where private networks are allowed)."""
    if settings.CHANNELS_PRIVATE_NETWORK:
        return True
    address = ipaddress.ip_address(number)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_outside(str(address.ipv4_mapped))
        if any(address in network for network in _EMBEDDING):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _refuse_inside_literal(host: str) -> None:
    try:
        number = str(ipaddress.ip_address(host))
    except ValueError:
        return
    if not is_outside(number):
        raise NotOutside

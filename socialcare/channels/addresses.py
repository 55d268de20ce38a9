"""Web addresses: what they are below, whom they belong to, and how they may be shown."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from socialcare.text import for_screen

MAX_URL = 8_192
MAX_LINK_HEADER = 16_384
Params = Mapping[str, str | int | Sequence[str]]
Origin = tuple[str, str, int]
"""Scheme, host and port: what credentials may not leave."""

_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
"""Leads to addresses of the network we are in, in a way only that network knows."""
_V4_COMPATIBLE = IPv6Network("::/96")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LINK = re.compile(r"<([^<>\s]{1,4096})>([^<]{0,512})")
_REL = re.compile(r';\s*rel\s*=\s*"?([^";,]{1,100})', re.IGNORECASE)


def parse_url(text: str) -> httpx.URL:
    """Read an ``http`` or ``https`` address, without its fragment.

    Raises
    ------
    ValueError
        It is none, or it carries a user name.

    """
    if len(text) > MAX_URL:
        raise ValueError("it is too long")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("only http:// and https:// addresses can be read")
    if b"%" in url.raw_host:
        raise ValueError("its host is no name")
    if url.userinfo:
        raise ValueError("it carries a user name or password")
    return url.copy_with(fragment=None) if url.fragment else url


def below(base: httpx.URL, path: str, params: Params | None) -> httpx.URL:
    """An absolute address as it is, or a path below a base; ``params`` join its query.

    Raises
    ------
    ValueError
        The result is no address that can be read.

    """
    absolute = path if _ABSOLUTE.match(path) else f"{str(base).rstrip('/')}/{path.lstrip('/')}"
    url = parse_url(absolute if path else str(base))
    if params:
        try:
            url = url.copy_merge_params(httpx.QueryParams(dict(params)))
        except httpx.InvalidURL:
            raise ValueError("it is too long") from None
        if len(url.raw_path) > MAX_URL:
            raise ValueError("it is too long")
    return url


def origin(url: httpx.URL) -> Origin:
    host = url.raw_host.decode("ascii").lower()  # as it goes over the wire, not as it is shown
    return url.scheme, host, url.port or (443 if url.scheme == "https" else 80)


def host_and_port(text: str) -> tuple[str, int]:
    """Host and port of an address that stands in the config.

    Raises
    ------
    ValueError
        It is no ``http`` or ``https`` address.

    """
    _, host, port = origin(parse_url(text))
    return host, port


def shown(url: httpx.URL) -> str:
    """An address for a message: no query, no user, no control characters."""
    bare = url.copy_with(query=None, fragment=None, username=None, password=None)
    return for_screen(str(bare), one_line=True, limit=300)


def links(header: str, seen_at: httpx.URL) -> dict[str, str]:
    """A ``Link`` header by ``rel``: absolute, the first of each, only of the same origin."""
    found: dict[str, str] = {}
    for target, rest in _LINK.findall(header[:MAX_LINK_HEADER]):
        rel = _REL.search(rest)
        if not rel:
            continue
        try:
            url = parse_url(str(seen_at.join(target)))
        except (httpx.InvalidURL, ValueError):
            continue
        if origin(url) == origin(seen_at):
            for name in rel[1].lower().split():
                found.setdefault(name, str(url))
    return found


def is_public(address: str) -> bool:
    """Whether an IP address, or the IPv4 address hidden in it, belongs to the open internet."""
    try:
        ip = _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip.is_site_local or ip in _LOCAL_NAT64):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_unspecified)


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address of a transition mechanism leads to."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64 or (ip in _V4_COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    teredo = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or teredo or ip


def literal_address(host: str) -> str | None:
    """The IP address that a host name spells out, also as ``127.1`` or ``2130706433``."""
    bare = host.strip("[]")
    try:
        return str(ip_address(bare.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def is_loopback(host: str) -> bool:
    literal = literal_address(host)
    return ip_address(literal).is_loopback if literal else host.lower() == "localhost"

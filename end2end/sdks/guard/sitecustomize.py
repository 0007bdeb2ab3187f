"""Python imports this at its start. It lets a program talk to loopback only,
and notes in the file $STRANGERS whom else it would have talked to."""

import ipaddress
import os
import sys


def is_loopback(host) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        # The address of a unix socket is a path.
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not is_loopback(host):
        with open(os.environ["STRANGERS"], "a") as file:
            file.write(f"{host}\n")
        raise OSError(f"only loopback may be called, not {host}")


if "STRANGERS" in os.environ:
    sys.addaudithook(watch)

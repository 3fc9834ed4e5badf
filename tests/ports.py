"""Ports for servers that tests start."""

import random
import socket

# The system takes ports for connections that programs open from a higher range: none of these is taken so by accident.
RANGE = range(20_000, 32_000)
_kept: list[socket.socket] = []


def free_port() -> int:
    """A port of the loopback that nobody uses, and that no other process of any test run gets while this one lives.

    Keeping the port's UDP half says so to the others; the TCP half stays free for the server.
    """
    # Tests run with the same seed in every process: this choice must not follow it.
    for port in random.SystemRandom().sample(RANGE, 200):
        mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with socket.socket() as probe:
            # Ports of servers that have just stopped may be used again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                mark.bind(("127.0.0.1", port))
                probe.bind(("127.0.0.1", port))
            except OSError:
                mark.close()
                continue
        _kept.append(mark)
        return port
    raise RuntimeError("no port is free")

#!/usr/bin/env python3
"""A proxy that delays and counts: `bench/delaying_proxy.py SERVER SECONDS`.

It passes requests on to a server, each after so many seconds, until standard input ends. The port is its first line of
output; to each line of input, another tells how many requests there were since the last.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True)
class Passing:
    """Where requests are passed on to, after how many seconds, and how many were since the last look."""

    host: str
    port: int
    delay: float
    requests: int = 0


class Client(asyncio.Protocol):
    """A connection of a client, which has one to the server for itself.

    Whole requests are passed on, as only that tells where one begins; answers go back as they come.
    """

    def __init__(self, passing: Passing) -> None:
        self.passing = passing
        self.received, self.early = bytearray(), bytearray()
        self.transport: Any = None
        self.server: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect to the server."""
        self.transport = transport
        loop = asyncio.get_running_loop()
        connection = loop.create_connection(lambda: Server(self), self.passing.host, self.passing.port)
        self.connecting = loop.create_task(connection)  # kept, or it may be collected before it is done

    def data_received(self, data: bytes) -> None:
        """Send each request that is whole, later."""
        self.received += data
        while length := whole(self.received):
            request = bytes(self.received[:length])
            del self.received[:length]
            self.passing.requests += 1
            if self.passing.delay:
                asyncio.get_running_loop().call_later(self.passing.delay, self.send, request)
            else:
                self.send(request)

    def send(self, request: bytes) -> None:
        """Send a request as soon as the server is connected."""
        if self.server:
            self.server.write(request)
        else:
            self.early += request

    def connection_lost(self, _: Exception | None) -> None:
        """Leave the server as well."""
        if self.server:
            self.server.close()


class Server(asyncio.Protocol):
    """The connection to the server."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what came earlier."""
        self.client.server = transport
        if self.client.early:
            self.client.server.write(bytes(self.client.early))

    def data_received(self, data: bytes) -> None:
        """Give the client its answer."""
        self.client.transport.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        """Leave the client as well."""
        self.client.transport.close()


def whole(received: bytearray) -> int:
    """Return how long the first request is in what was received, 0 where it is not whole yet."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(received[:end]).lower()
    if b"\r\ntransfer-encoding:" in head:
        raise ValueError("a request without a length")
    length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
    there = end + 4 + int(length or 0)
    return there if len(received) >= there else 0


async def serve(passing: Passing) -> None:
    """Listen until standard input ends."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Client(passing), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    Thread(target=tell, args=(passing, lambda: loop.call_soon_threadsafe(ended.set))).start()
    await ended.wait()


def tell(passing: Passing, end: Callable[[], object]) -> None:
    """Answer every line of standard input with the number of requests since the last, and end after them."""
    for _ in sys.stdin:
        print(passing.requests, flush=True)
        passing.requests = 0
    end()


if __name__ == "__main__":
    address = urlsplit(sys.argv[1])
    asyncio.run(serve(Passing(address.hostname or "", address.port or 0, float(sys.argv[2]))))

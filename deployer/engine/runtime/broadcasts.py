"""What Kestra tells all parts of the engine, and why whoever has it told holds a lock here.

A flow was written, an execution is to be killed, an operation has been done: each part reads such news above the
highest number that it has seen. Numbers are given when news is written, and it can be read when its transaction ends.
So of two at once, the one with the lower number can come late, and nobody reads it any more. Seen on 1.3.31 and 2.0.0:
of 300 flows written eight at a time, up to five were not started by their triggers until the engine was started again.
On 2.0.0 a task whose kill was missed ran on. With PostgreSQL and MySQL the queue is the same; they were not tried.
"""

from __future__ import annotations

from threading import Lock

FLOW = Lock()
"""Held while a flow is written or deleted."""

KILL = Lock()
"""Held from asking for a kill until the executor has done it: it tells the worker in a transaction of its own."""

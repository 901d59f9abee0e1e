"""Locks around the messages that Kestra broadcasts to all parts of the engine, as it can lose concurrent ones.

A flow was written, an execution must be killed, an operation is done: each part reads the messages above the highest
number that it has seen. A message gets its number when it is written, but can be read only when its transaction ends.
So of two concurrent messages, the one with the lower number can appear late, and is never read. Seen on 1.3.31 and
2.0.0: of 300 flows written eight at a time, up to five were not started by their triggers until the engine restarted.
On 2.0.0 a task whose kill was lost ran on. The queue is the same with PostgreSQL and MySQL, which were not tried.
"""

from __future__ import annotations

from threading import Lock

FLOW = Lock()
"""Held while a flow is written or deleted."""

KILL = Lock()
"""Held from a kill request until the executor has processed it, as it notifies the worker in another transaction."""

"""The genuine Kestra engine in a process of its own, behind Kestra's HTTP API. Needs the extra `[engine]`.

- `install/`: gets Kestra's jars onto this machine
- `jvm/`: starts the JVM and Kestra's application context in this process
- `describe/`: asks Kestra which types it knows and how it reads them
- `runtime/`: calls Kestra's own services; everything that differs between 1.x and 2.x is here
- `http/`: answers requests as Kestra's web server does
- `process/`: starts the engine's process, talks to it and ends it

A room imports only from rooms above it in this list, apart from `describe/` and `runtime/`, which do not know each
other: `tests/test_architecture.py` has the table.
"""

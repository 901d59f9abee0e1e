"""Kestra's own HTTP API in front of the embedded engine: one thin file per resource.

HTTP in, engine call, JSON out. `app` puts it together; `call`, `answers`, `refusal`, `filters` and `paging` are what
the resources share. Statuses, messages and shapes are those of Kestra's web server, recorded or read in its source.
"""

"""Kestra's own HTTP API in front of the embedded engine: a room per resource, one thin file per group of endpoints.

HTTP in, engine call, JSON out. `app` puts it together, `resources` lists the files with endpoints, `routing` chooses
among them; `exchange/` has what they share to read a request and write an answer. Statuses, messages and shapes are
those of Kestra's web server, recorded or read in its source.
"""

"""Kestra's HTTP API as a client: the only code that speaks HTTP to a server."""

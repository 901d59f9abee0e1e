"""A client of Kestra's HTTP API: the only code that sends requests to a server."""

"""The engine's HTTP layer, one file per resource: HTTP in, engine call, JSON out."""

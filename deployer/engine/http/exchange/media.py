"""The media types of requests and answers."""

from __future__ import annotations

JSON = "application/json"
YAML = "application/x-yaml"
TEXT = "text/plain"
CSV = "text/csv"
OCTETS = "application/octet-stream"
EVENTS = "text/event-stream"
MULTIPART = "multipart/form-data"
ANYTHING = "*/*"

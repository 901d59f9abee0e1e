"""The media types that requests and answers have."""

from __future__ import annotations

JSON = "application/json"
YAML = "application/x-yaml"
TEXT = "text/plain"
CSV = "text/csv"
OCTETS = "application/octet-stream"
EVENTS = "text/event-stream"
MULTIPART = "multipart/form-data"
ANYTHING = "*/*"

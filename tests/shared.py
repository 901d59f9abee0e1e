"""Material for tests that lies beside the project: recordings of genuine servers, Kestra's specifications."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1] / "../shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recordings and specifications in ../shared are absent"
)

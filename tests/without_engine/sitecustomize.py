"""Keeps Java from starting in every Python process of a test that lacks the marker `engine`.

Python imports a module of this name at its start. A Java that is given an option it does not know ends at once and
names it. The engine's process sees next to nothing of the environment, so the option is set inside each process.
"""

from __future__ import annotations

import os

VARIABLE = "JAVA_TOOL_OPTIONS"
OPTION = "-XX:+ThisTestLacksTheMarkerEngine"

if __name__ == "sitecustomize":
    os.environ[VARIABLE] = OPTION

"""The genuine engine's process, without executor and worker: `python judge.py`, orders and texts on standard input.

Each line it reads is a JSON list of texts, and each line it answers the list of verdicts: null where the engine takes
the text, else what it says. A text is taken when `validate` finds nothing and creating it succeeds too, in a tenant of
its own: a key that is given twice is found by the second only. Orders are the first line, see `oracle.py`. It ends
when its input does.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jpype

from deployer.engine.describe.types import describe
from deployer.engine.jvm.context import Kestra, boot, reason
from deployer.engine.jvm.register import register
from deployer.engine.runtime.runtime import Runtime, runtime_of
from deployer.model.version import named

TOGETHER = 100  # texts in one call; where the engine throws, halves are asked again
LONGEST = 400  # characters of a verdict that are kept


class Judge:
    """Asks one engine; every text is created in another tenant."""

    def __init__(self, kestra: Kestra) -> None:
        self._kestra = kestra
        self._runtime: Runtime = runtime_of(kestra)
        self._tenants = 0

    def verdicts(self, texts: Sequence[str]) -> Iterator[str | None]:
        """Yield the engine's verdict on each text."""
        together = TOGETHER if self._runtime.validates_files else 1
        for start in range(0, len(texts), together):
            part = texts[start : start + together]
            for text, verdict in zip(part, self._validated(part), strict=True):
                found = verdict or self._created(text)
                yield found[:LONGEST] if found else None

    def _validated(self, texts: Sequence[str]) -> list[str | None]:
        if not self._runtime.validates_files and any("\n---" in text for text in texts):
            return [None for _ in texts]  # it would judge two flows; what creating says has to do
        try:
            found: list[dict[str, Any]] = json.loads(
                self._kestra.to_json(self._runtime.validate("main", [(None, text) for text in texts]))
            )
        except jpype.JException as error:
            if len(texts) == 1:
                return [f"validate throws {reason(error)}"]
            half = len(texts) // 2
            return [*self._validated(texts[:half]), *self._validated(texts[half:])]
        if len(found) != len(texts):
            raise ValueError(f"{len(found)} verdicts on {len(texts)} texts")
        return [each.get("constraints") for each in found]

    def _created(self, text: str) -> str | None:
        self._tenants += 1
        try:
            self._runtime.create_flow(self._runtime.parse_flow(f"t{self._tenants}", text))
        except jpype.JException as error:
            return f"create throws {reason(error)}"
        return None


def main() -> None:
    """Boot as ordered, then judge line by line."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else anybody prints goes where errors go
    orders = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        jars, plugins = map(Path, orders["jars"]), list(map(Path, orders["plugins"]))
        options = [f"-XX:AOTCache={orders['prepared']}"] if orders["prepared"] else []
        kestra = boot(named(orders["version"]), [*jars], Path(folder), in_memory=True, jvm_options=options)
        register(kestra, plugins, Path(folder) / "plugins")
        if orders["describe"]:
            answers.write(json.dumps(describe(kestra)) + "\n")
            answers.flush()
            return
        judge = Judge(kestra)
        for line in sys.stdin:
            answers.write(json.dumps([*judge.verdicts(json.loads(line))]) + "\n")
            answers.flush()


if __name__ == "__main__":
    code = 0
    try:
        main()
    except BaseException:  # noqa: BLE001  (an exception that ends the interpreter hangs it on Java's threads)
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)

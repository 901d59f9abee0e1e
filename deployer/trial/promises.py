"""The table of what a trial judges: in its order, each a sentence and the function that looks for what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deployer.trial import deploys, executions, reads
from deployer.trial.ground import Ground

Judge = Callable[[Ground], Iterator[str]]
"""Does something on the server and yields a sentence for each thing that is not as promised.

Raises NotJudgedError where that cannot be seen, and KestraError where the server refuses, which is as good as broken.
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """`after` is what had to come to its end before, as this one goes on from there."""

    step: str
    sentence: str
    judge: Judge
    after: Judge | None = None


READS = (
    Promise("reads", "the server is a Kestra of a version that is known here", reads.version),
    Promise("reads", "the account may search flows", reads.search),
    Promise("reads", "an export holds the texts of the flows that the search finds", reads.export),
    Promise("reads", "the account may read key-values, where the ledger is kept", reads.key_values),
    Promise("reads", "the account may search executions", reads.executions),
    Promise(
        "reads", f"a deploy is rehearsed: at most {reads.MOST} requests read, none writes, every text is sound",
        reads.rehearsal,
    ),
)  # fmt: skip
"""What is judged without a write."""

WRITES = (
    Promise("ledger", "a key-value is read as it was written, and deleted", deploys.key_value),
    Promise("create", "a first deploy creates every flow", deploys.create),
    Promise("create", "each text is read back to the byte", deploys.texts, deploys.create),
    Promise("create", "the export and the search have them all", deploys.both_lists, deploys.create),
    Promise("again", f"an unchanged deploy reads in at most {reads.MOST} requests and writes nothing", deploys.again,
            deploys.create),
    Promise("change", "a changed file is exactly one write", deploys.change, deploys.create),
    Promise("ledger", "what was deployed is kept on the server", deploys.ledger, deploys.create),
    Promise("draft", "a draft is left alone", deploys.draft, deploys.create),
    Promise("drift", "an edit on the server is told", deploys.told, deploys.create),
    Promise("drift", "it refuses a deploy, and nothing is written", deploys.refused, deploys.told),
    Promise("drift", "--on-drift keep leaves it", deploys.kept, deploys.told),
    Promise("drift", "--on-drift overwrite writes the file's text", deploys.overwritten, deploys.told),
    Promise("stop", "what was disabled on the server stays so while its file changes", deploys.stop, deploys.create),
    Promise("smoke", "an execution that ends well passes", executions.passes, deploys.create),
    Promise("smoke", "an expected failure passes", executions.fails, executions.passes),
    Promise("smoke", "an execution past its deadline is told, and killed", executions.times_out, executions.passes),
    Promise("kill", "a kill ends an execution and the one that it called", executions.kill, deploys.create),
    Promise("prune", "--prune deletes what no file declares, that alone, and keeps its text", deploys.prune,
            deploys.create),
)  # fmt: skip
"""What is judged in the trial's own namespace."""

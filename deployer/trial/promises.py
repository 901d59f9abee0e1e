"""The table of promises that a trial judges, in order: a sentence, and the function that yields what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deployer.trial import deploys, executions, reads
from deployer.trial.ground import Ground

Judge = Callable[[Ground], Iterator[str]]
"""Does something on the server and yields a sentence for each difference from the promise.

Raises NotJudgedError if that cannot be judged, and KestraError if the server refuses, which counts as broken.
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """`after` is the step that must have succeeded before, as this one builds on it."""

    step: str
    sentence: str
    judge: Judge
    after: Judge | None = None


READS = (
    Promise("reads", "the server is a supported version of Kestra", reads.version),
    Promise("reads", "the account may search flows", reads.search),
    Promise("reads", "an export contains the sources of the flows that the search finds", reads.export),
    Promise("reads", "the account may read key-value pairs, where the ledger is stored", reads.key_values),
    Promise("reads", "the account may search executions", reads.executions),
    Promise(
        "reads", f"a dry run reads with at most {reads.MOST} requests, writes nothing, and every flow is valid",
        reads.rehearsal,
    ),
)  # fmt: skip
"""The promises that are judged without a write."""

WRITES = (
    Promise("ledger", "a key-value pair is read as it was written, and deleted", deploys.key_value),
    Promise("create", "a first deploy creates every flow", deploys.create),
    Promise("create", "each source is read back byte for byte", deploys.texts, deploys.create),
    Promise("create", "the export and the search contain all of them", deploys.both_lists, deploys.create),
    Promise("again", f"an unchanged deploy reads with at most {reads.MOST} requests, and writes nothing", deploys.again,
            deploys.create),
    Promise("change", "a changed file causes exactly one write", deploys.change, deploys.create),
    Promise("ledger", "the ledger records the deploy on the server", deploys.ledger, deploys.create),
    Promise("draft", "a draft is left alone", deploys.draft, deploys.create),
    Promise("drift", "an edit on the server is reported", deploys.find_edit, deploys.create),
    Promise("drift", "it refuses a deploy, and nothing is written", deploys.refuse, deploys.find_edit),
    Promise("drift", "--on-drift keep leaves it unchanged", deploys.keep, deploys.find_edit),
    Promise("drift", "--on-drift overwrite writes the file", deploys.overwrite, deploys.find_edit),
    Promise("stop", "a flow disabled on the server stays disabled after a change", deploys.stop, deploys.create),
    Promise("smoke", "an execution that succeeds passes", executions.passes, deploys.create),
    Promise("smoke", "an expected failure passes", executions.fails, executions.passes),
    Promise("smoke", "an execution past its timeout is reported, and killed", executions.times_out, executions.passes),
    Promise("kill", "a kill ends an execution and the one it called", executions.kill, deploys.create),
    Promise("prune", "--prune deletes only flows that are in no file, and keeps a backup", deploys.prune,
            deploys.create),
)  # fmt: skip
"""The promises that are judged in the trial's own namespace."""

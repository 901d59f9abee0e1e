"""Executions that a flow's `retry` creates: with CREATE_NEW_EXECUTION one ends RETRIED, and a new one begins.

The new one has the labels and the kind of the old one, and its id as `parentId`; it begins after the retry's interval,
even if the old one is killed meanwhile (tested on the 1.3.31 and 2.0.0 engines).
"""

from __future__ import annotations

from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.smoke.labels import RUN

RETRIED = "RETRIED"


def latest(client: KestraClient, execution: Execution) -> Execution:
    """Return the latest retry of an execution, or the execution itself if there is none. Raises KestraError.

    Before 1.2, whose searches show no executions of kind TEST, none is ever found.
    """
    run = execution.labels.get(RUN, "")
    if not run or not client.shows_tests:
        return execution
    found = client.search_executions(labels={RUN: run}, kinds=("TEST",), size=None)
    follows = {each.parent: each for each in found if each.parent}
    while execution.id in follows:
        execution = follows.pop(execution.id)
    return execution

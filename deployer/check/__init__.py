"""Stage 2: documents become problems. `rules/` has one file per check; this module has the table of all checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deployer.check import guarded, silence
from deployer.check.base import Check, FlowFile, Folder
from deployer.check.grouping import group
from deployer.check.levels import Rule, apply_levels, levels_of
from deployer.check.rules import (
    cron,
    dag,
    dashed_reference,
    deprecated,
    duplicate_flow,
    duplicate_id,
    empty_item,
    enterprise_only,
    every_execution,
    expression_syntax,
    fails_at_run,
    identity,
    input_order,
    input_paths,
    input_values,
    inputs,
    invalid_value,
    missing_property,
    misspelled_type,
    old_include,
    plain_secret,
    plugin_defaults,
    preconditions,
    recursive_flow,
    regex,
    reserved_id,
    retry,
    server_key,
    subflow_inputs,
    switch,
    system_labels,
    task_order,
    time_window,
    time_zone,
    undeclared_name,
    unknown_output,
    unknown_property,
    unknown_subflow,
    unknown_type,
    unknown_value,
    unusable_task,
    unused_input,
    unused_variable,
    unverified_type,
    webhook,
    worker_tags,
    working_directory,
    wrong_type,
)
from deployer.language.identity import flow_of
from deployer.language.pulled import Pulled, widen
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.flow import Flow
from deployer.model.problem import Problem
from deployer.model.version import DEFAULT

CHECKS: tuple[Check, ...] = tuple(
    rule.CHECK
    for rule in (
        identity,
        duplicate_flow,
        unknown_type,
        misspelled_type,
        unverified_type,
        unknown_property,
        wrong_type,
        unknown_value,
        missing_property,
        invalid_value,
        duplicate_id,
        recursive_flow,
        input_order,
        input_paths,
        input_values,
        dashed_reference,
        server_key,
        reserved_id,
        enterprise_only,
        unusable_task,
        empty_item,
        system_labels,
        inputs,
        plugin_defaults,
        cron,
        time_zone,
        webhook,
        preconditions,
        time_window,
        dag,
        switch,
        working_directory,
        retry,
        worker_tags,
        regex,
        deprecated,
        unknown_subflow,
        subflow_inputs,
        expression_syntax,
        undeclared_name,
        unknown_output,
        task_order,
        unused_input,
        unused_variable,
        plain_secret,
        old_include,
        every_execution,
        fails_at_run,
    )
)
"""Every check, in the order of docs/checks.md."""

__all__ = ["CHECKS", "NAMES", "check", "judge", "settle", "sound_flows"]


_READING = ("yaml-syntax", "duplicate-key", "second-document", "empty-file", "unreadable-file", guarded.UNREAD)
NAMES = (*(check.name for check in CHECKS), *_READING, silence.CHECK)
"""The names that a comment or the configuration file may use."""


def check(
    documents: Sequence[Document],
    version: str = DEFAULT.name,
    *,
    found: Sequence[Problem] = (),
    levels: Mapping[str, Any] | None = None,
    whole: bool = True,
    pulled: Pulled | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """Return the problems that all checks find by the rules of a version of Kestra, sorted by file and line.

    See `judge` and `settle` for the parameters. Raises UsageError if `levels` is wrong.
    """
    problems = judge(documents, version, found=found, whole=whole, pulled=pulled, defaults=defaults)
    return settle(documents, problems, levels)


def judge(
    documents: Sequence[Document],
    version: str,
    *,
    found: Sequence[Problem] = (),
    whole: bool = True,
    pulled: Pulled | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """Return everything that is wrong with the files, whatever comments and levels silence.

    `found` are the problems found while reading the files. `whole` says that the documents are all flows there are,
    `pulled` describes plugins outside Kestra's core, `defaults` are the plugin defaults of namespaces.
    """
    types = widen(types_of(version), pulled) if pulled else types_of(version)
    folder = Folder([FlowFile(document, types, defaults) for document in documents], types, whole)
    return [*found, *guarded.problems(CHECKS, folder)]


def settle(
    documents: Sequence[Document], problems: Sequence[Problem], levels: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Return the problems that comments and `levels`, the `checks` of the configuration, leave, by file and line."""
    given = [*(Rule(each.name, None) for each in CHECKS if each.level is None), *levels_of(levels or {}, NAMES)]
    left = group(apply_levels(silence.silence(documents, problems, NAMES), given))
    order = {document.file: at for at, document in enumerate(documents)}
    return sorted(left, key=lambda each: (order.get(each.file or "", -1), each.place))


def sound_flows(documents: Sequence[Document], problems: Sequence[Problem]) -> list[Flow]:
    """Return the flows of the documents whose files have no errors."""
    broken = {problem.file for problem in problems if problem.stops}
    flows = (flow_of(document) for document in documents if document.file not in broken)
    return [flow for flow in flows if flow]

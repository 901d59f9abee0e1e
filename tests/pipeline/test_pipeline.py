"""What a run does, stage by stage, with a fake Kestra: what it asks, what it reports, and what ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from pipeline.fake import FakeKestra
from pipeline.runs import HELLO, Project

from deployer.errors import ExitCode, KestraAccessError
from deployer.model.change import Change
from deployer.model.desired import Desired
from deployer.model.ledger import Claim
from deployer.model.policy import OnDrift
from deployer.model.request import Command
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Status
from deployer.model.sent import Sent
from deployer.pipeline import sync
from deployer.planning import gather, open_ledger


@dataclass
class Person:
    """Answers what it is asked, and remembers it."""

    drift: OnDrift | None = None
    yes: bool = True
    asked: list[str] = field(default_factory=list)

    def about_drift(self, changes: Sequence[Change]) -> Mapping[Key, OnDrift]:
        self.asked.append("drift")
        return {change.key: self.drift for change in changes} if self.drift else {}

    def about_adopting(self, claims: Mapping[Key, Claim]) -> bool:
        self.asked.append("adopting")
        return self.yes

    def about_deleting(self, changes: Sequence[Change]) -> bool:
        self.asked.append("deleting")
        return self.yes


def stages(project: Project) -> list[tuple[int, bool, int]]:
    """What each report has that is yielded on the way: problems, a plan, outcomes."""
    request = project.request()
    reports = sync(request, project.session())
    return [(len(each.problems), each.plan is not None, len(each.outcomes)) for each in reports]


def test_each_stage_yields_what_was_found_so_far(project: Project) -> None:
    project.flow("hello")
    assert stages(project) == [(0, False, 0)] * 4 + [(0, True, 0), (0, True, 1)]


def test_a_problem_in_a_file_ends_the_run_before_the_server_is_asked_for_flows(project: Project) -> None:
    project.write("bad.yaml", "id: bad\n")
    report = project.sync()
    assert report.exit_code is ExitCode.PROBLEMS
    assert project.kestra.asked == ["server"]


def test_yaml_that_cannot_be_read_asks_no_server_at_all(project: Project) -> None:
    project.write("bad.yaml", "id: [\n")
    assert project.sync().exit_code is ExitCode.PROBLEMS
    assert project.kestra.asked == []


def test_what_the_server_refuses_is_left_out_and_the_rest_deployed_with_keep_going(project: Project) -> None:
    project.flow("good")
    project.flow("bad", "forbidden")
    project.kestra.refuses["forbidden"] = "tasks[0].message: must not be that"
    assert project.sync().exit_code is ExitCode.PROBLEMS
    assert project.kestra.flows == {}
    report = project.sync(keep_going=True)
    assert [problem.file for problem in report.errors] == [str(project.root / "flows/bad.yaml")]
    assert list(project.kestra.flows) == [("company.team", "good")]


def test_an_unchanged_run_writes_nothing_and_validates_nothing(project: Project) -> None:
    project.flow("hello")
    project.sync()
    project.kestra.asked.clear()
    report = project.sync()
    assert [outcome.status for outcome in report.outcomes] == [Status.DONE]
    assert project.kestra.asked == ["server", "export_flows_by_query", "search_flows"]


@pytest.mark.parametrize(("answer", "code"), [(None, ExitCode.REFUSED), (OnDrift.KEEP, ExitCode.OK)])
def test_a_person_is_asked_about_an_edit_once(project: Project, answer: OnDrift | None, code: ExitCode) -> None:
    project.flow("hello")
    project.sync()
    project.kestra.update_flow("company.team", "hello", HELLO.format(name="hello", message="edited"))
    project.flow("hello", "changed")
    person = Person(answer)
    assert project.sync(person).exit_code is code
    assert person.asked == ["drift"]


def test_a_no_about_deleting_writes_nothing(project: Project) -> None:
    for name in "abcdef":
        project.flow(name)
    project.sync()
    project.remove("a.yaml")
    project.flow("b", "changed")
    before = {name: len(texts) for name, texts in project.kestra.flows.items()}
    report = project.sync(Person(yes=False), prune=True)
    assert report.exit_code is ExitCode.REFUSED
    assert {name: len(texts) for name, texts in project.kestra.flows.items()} == before


def test_a_ledger_that_the_server_refuses_is_a_warning_and_no_end(project: Project) -> None:
    class Closed(FakeKestra):
        def key_value(self, namespace: str, key: str) -> object:  # type: ignore[override]
            raise KestraAccessError("no", method="GET", url=self.url, status=403)

    project.kestra = Closed()
    project.flow("hello")
    request = project.request()
    *_, report = sync(request, project.session(on_server=True))
    assert any("what this project deployed is not known" in problem.message for problem in report.problems)
    assert list(project.kestra.flows) == [("company.team", "hello")]


def test_desired_may_come_from_revisions_of_a_server_as_well_as_from_files(project: Project) -> None:
    """A way back is a plan with another source: nothing after it asks for a file."""
    first = project.flow("hello", "first")
    project.sync()
    project.flow("hello", "second")
    project.sync()
    earlier = project.kestra.flow("company.team", "hello", revision=1).source
    assert earlier == first
    key = Key(FLOW, "company.team", "hello")
    desired = Desired(resources={key: Resource(key, earlier)}, declared=frozenset({key}))
    session, request = project.session(), project.request(Command.PLAN)
    ground = gather(open_ledger(session, request), session, desired)
    [change] = ground.compare(desired).changes
    assert (str(change.action), change.origin, change.held) == ("update", None, "")


def test_a_step_turns_what_is_desired_into_what_is_desired_elsewhere(project: Project) -> None:
    """A namespace mapped: another key, another text, and every line leads back to the file's."""
    text = project.flow("hello")
    key = Key(FLOW, "company.team", "hello")
    desired = Desired(resources={key: Resource(key, text, origin="hello.yaml")}, declared=frozenset({key}))

    def staging(resource: Resource) -> Resource:
        lines = str(resource.body).replace("company.team", "staging.team").splitlines(keepends=True)
        sent = Sent("".join(["# staging\n", *lines]), (1, *range(1, len(lines) + 1)))
        return replace(resource.rewrite(sent), key=replace(resource.key, namespace="staging.team"))

    mapped = desired.mapped(staging).mapped(
        lambda each: each.rewrite(Sent("# twice\n" + each.sent.text, (1, *range(1, 9))))
    )
    [resource] = mapped.resources.values()
    assert (resource.key.namespace, set(mapped.declared)) == ("staging.team", {resource.key})
    file = text.splitlines()
    for number, line in enumerate(str(resource.body).splitlines()[2:], 3):
        assert file[resource.sent.line(number) - 1] == line.replace("staging", "company")

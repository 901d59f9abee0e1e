"""What a server has stored, as the checks read it: nothing that it does not show is passed over."""

from __future__ import annotations

from typing import cast

from pipeline.fake import FakeKestra
from pipeline.runs import HELLO

from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.read.stored import read_stored


class Spoiled(FakeKestra):
    """Has a flow that it cannot read itself, one that its export lacks, and a draft."""

    def search_flows(self, *_: object, **__: object) -> list[StoredFlow]:
        return [
            *super().search_flows(["company.team"]),
            StoredFlow("company.team", "broken", exception="no such type"),
            StoredFlow("company.team", "lost", revision=1),
            StoredFlow("company.team", "draft", revision=1, draft=True),
        ]


def test_each_flow_has_its_name_and_what_cannot_be_checked_is_named() -> None:
    kestra = Spoiled()
    kestra.create_flow(HELLO.format(name="hello", message="hi"))
    read = read_stored(cast("KestraClient", kestra))
    assert [each.file for each in read.declarations] == ["company.team/hello"]
    assert [(each.check, each.file, each.stops) for each in read.problems] == [
        ("unreadable-on-server", "company.team/broken", False),
        ("degraded-read", None, False),
    ]
    assert "company.team/lost" in read.problems[1].message
    assert read.whole is False

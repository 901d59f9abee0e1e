"""What is shown of the log of an engine that has failed."""

from __future__ import annotations

from pathlib import Path

from deployer.engine.jvm.log import LOG, tell_end


def test_it_is_the_tell_end_without_the_frames_of_stack_traces(tmp_path: Path) -> None:
    trace = "java.lang.IllegalStateException: broken\n\tat one.Two.three(Two.java:4)\n\t... 9 more\n"
    (tmp_path / LOG).write_text("10:00:00 WARN  early\n" * 50 + "10:30:00 ERROR failed\n\n" + trace)
    head, *early, failed, why = tell_end(tmp_path).splitlines()
    assert head == "the last lines of its log:"
    assert (failed, why) == ("10:30:00 ERROR failed", "java.lang.IllegalStateException: broken")
    assert 5 < len(early) < 20


def test_long_lines_are_cut_and_a_long_log_is_read_from_its_end(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("x" * 300_000 + "\n" + "y" * 1000 + "\nthe end\n")
    assert [len(line) for line in tell_end(tmp_path).splitlines()[1:]] == [300, 300, 7]


def test_without_a_log_it_is_empty(tmp_path: Path) -> None:
    assert tell_end(tmp_path) == "its log is empty"

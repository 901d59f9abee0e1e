"""Why a plugin does not fit, in words: what Java throws, and what a user reads and can do."""

from __future__ import annotations

import pytest

from deployer.engine.jvm.unfit import Thrown, unfit
from deployer.model.version import named

RUN = "org.example.Run"
RELEASE = "use the release of the plugin that was made for Kestra 2.0"
NOT_FOUND, NO_CLASS = "java.lang.ClassNotFoundException", "java.lang.NoClassDefFoundError"
TOO_NEW = "Run has been compiled by a more recent version of the Java Runtime (class file version 97.0)"


@pytest.mark.parametrize(
    ("thrown", "why", "hint"),
    [
        (
            Thrown(NOT_FOUND, "io.kestra.core.models.tasks.Tusk"),
            f"{RUN} needs the class io.kestra.core.models.tasks.Tusk, which Kestra 2.0.0 does not have",
            RELEASE,
        ),
        (
            Thrown(NO_CLASS, "io/kestra/core/models/tasks/Tusk$Inner"),
            f"{RUN} needs the class io.kestra.core.models.tasks.Tusk$Inner, which Kestra 2.0.0 does not have",
            RELEASE,
        ),
        (
            Thrown(NO_CLASS, "com/library/Thing"),
            f"{RUN} needs the class com.library.Thing, which is neither in the jar nor in Kestra",
            "use a jar that contains the plugin's libraries, as those on Maven Central do",
        ),
        (
            Thrown(NOT_FOUND, RUN),
            f"it lists {RUN}, but does not contain it",
            "get the jar again: it is not complete",
        ),
        (Thrown("java.lang.UnsupportedClassVersionError", TOO_NEW), f"{RUN} needs a newer Java: {TOO_NEW}", RELEASE),
        (
            Thrown(NO_CLASS, "Could not initialize class org.example.Other"),
            f"{RUN} cannot be loaded: {NO_CLASS}: Could not initialize class org.example.Other",
            RELEASE,
        ),
        (
            Thrown("java.lang.NoSuchMethodError", "'void io.kestra.core.A.b()'"),
            f"{RUN} cannot be loaded: java.lang.NoSuchMethodError: 'void io.kestra.core.A.b()'",
            RELEASE,
        ),
        (Thrown("java.lang.StackOverflowError"), f"{RUN} cannot be loaded: java.lang.StackOverflowError", RELEASE),
    ],
)
def test_the_reason_names_the_class_and_the_hint_is_what_helps(thrown: Thrown, why: str, hint: str) -> None:
    found = unfit("run.jar", RUN, thrown, named("2.0"))
    assert found.reason == f"the plugin run.jar does not fit Kestra 2.0.0: {why}"
    assert (found.jar, found.hint) == ("run.jar", hint)

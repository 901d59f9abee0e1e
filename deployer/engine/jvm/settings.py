"""The settings that Kestra's application context starts with, as its own `application.yml` would give them. Pure.

The names are those of the 1.3.31 and 2.0.0 engines. Most of them have no default in the classes on the class path (the
defaults are in Kestra's command line and web server, which are not published), so a missing setting prevents the start.
"""

from __future__ import annotations

import base64
from pathlib import Path

from deployer.engine.jvm.database import Database
from deployer.model.version import Dialect, KestraVersion

WORKERS_CONTROLLER_PORT = "kestra.worker.controllers.static.endpoints[0].port"
Property = str | int | float | bool | list[str]

_KEY = base64.b64encode(b"kestra-deployer development only").decode()
"""Protects nothing: it is the same everywhere, so that the next engine can read what is on disk."""

_ALWAYS: dict[str, Property] = {
    "datasources.h2.username": "sa",
    "datasources.h2.password": "",
    "datasources.h2.driverClassName": "org.h2.Driver",
    "flyway.datasources.h2.enabled": True,
    "flyway.datasources.h2.locations": ["classpath:migrations/h2"],
    "flyway.datasources.h2.ignore-migration-patterns": "*:missing,*:future",
    "flyway.datasources.h2.out-of-order": True,
    "kestra.server-type": "STANDALONE",
    "kestra.queue.type": "h2",
    "kestra.repository.type": "h2",
    "kestra.storage.type": "local",
    "kestra.tutorial-flows.enabled": False,
    "kestra.anonymous-usage-report.enabled": False,
    "kestra.jdbc.queues.min-poll-interval": "10ms",
    "kestra.jdbc.queues.max-poll-interval": "250ms",  # 6 % of a core when idle; 100 ms takes 13 %, 500 ms answers late
    "kestra.jdbc.queues.poll-switch-interval": "1s",  # from the least to the most; 5s takes a tenth more processor time
    "micronaut.metrics.binders.jvm.enabled": False,  # nobody reads them, and they start a recording of the JVM's events
    "kestra.jdbc.cleaner.initial-delay": "1h",
    "kestra.jdbc.cleaner.fixed-delay": "1h",
    "kestra.jdbc.cleaner.retention": "7d",
    "kestra.server.liveness.enabled": False,  # one process, which only its parent watches
    "kestra.server.liveness.interval": "5s",
    "kestra.server.liveness.timeout": "45s",
    "kestra.server.liveness.initialDelay": "45s",
    "kestra.server.liveness.heartbeatInterval": "3s",
    "kestra.server.terminationGracePeriod": "5s",
    "kestra.server.workerTaskRestartStrategy": "AFTER_TERMINATION_GRACE_PERIOD",
    "kestra.server.service.purge.initial-delay": "1h",
    "kestra.server.service.purge.fixed-delay": "1d",
    "kestra.server.service.purge.retention": "30d",
    "kestra.retries.attempts": 5,
    "kestra.retries.multiplier": 2.0,
    "kestra.retries.delay": "1s",
    "kestra.encryption.secret-key": _KEY,  # without one, no flow with an input of type SECRET can be run
    "kestra.variables.env-vars-prefix": "ENV_",
    "kestra.variables.cache-enabled": True,
    "kestra.variables.cache-size": 1000,
    "jackson.serialization.writeDatesAsTimestamps": False,
    "jackson.serialization.writeDurationsAsTimestamps": False,
    "jackson.serialization-inclusion": "non_null",
    "jackson.deserialization.FAIL_ON_UNKNOWN_PROPERTIES": False,
    "micronaut.application.name": "kestra",
    "micronaut.server.port": -1,
    "endpoints.all.enabled": False,
}


def make_settings(
    version: KestraVersion,
    folder: Path,
    *,
    in_memory: bool,
    database: Database = Database.EMBEDDED,
    controller_port: int | None = None,
) -> dict[str, Property]:
    """Return every setting for an engine of `version` whose files are in `folder`.

    `controller_port` is where the worker of a 2.x engine finds its controller, on loopback; 1.x has none.
    """
    settings = {
        **_ALWAYS,
        "datasources.h2.url": database.url(None if in_memory else folder / "database"),
        "kestra.storage.local.base-path": str(folder / "storage"),
        "kestra.tasks.tmp-dir.path": str(folder / "tmp"),
    }
    if version.dialect is Dialect.V2 and controller_port is not None:
        settings |= {
            "kestra.controller.port": 0,  # any; see `runtime.controller`, which moves it to loopback
            "kestra.worker.controllers.type": "STATIC",
            "kestra.worker.controllers.static.endpoints[0].host": "127.0.0.1",
            WORKERS_CONTROLLER_PORT: controller_port,
        }
    return settings

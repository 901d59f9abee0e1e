"""The configuration of this instance: its version, edition and the like."""

from __future__ import annotations

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.route import Route
from deployer.model.resource import SYSTEM

OURS = "kestraDeployer"
"""Tells a client that this is no server of Kestra's: it mocks tasks, and has no user interface to link to."""


def configs(call: Call) -> Response:
    """Return the instance's configuration; `version` is the engine's release."""
    fields = {
        "uuid": str(call.bean("services.InstanceService").fetch()),
        "version": str(call.bean("utils.VersionProvider").getVersion()),
        "edition": str(call.bean("utils.EditionProvider").get()),
        **call.runtime.configuration(),
        "isAnonymousUsageEnabled": False,
        "isUiAnonymousUsageEnabled": False,
        "preview": {"initial": 100, "max": 5000},
        "systemNamespace": SYSTEM,
        "hiddenLabelsPrefixes": ["system.", "internal."],
        "isAiEnabled": False,
        "isBasicAuthInitialized": call.guarded,
        OURS: True,
        "pluginsHash": int(call.bean("plugins.PluginRegistry").hash()),
    }
    return as_json(call, call.kestra.from_json(fields))


ROUTES = (Route("GET", "/api/v1/configs", configs),)

"""The controller of Kestra 2.x on loopback, so that only this machine can connect to it.

The worker connects to its gRPC server, which in 2.0.0 listens on every interface of the machine, has no authentication
and no setting for its address. So the settings give it any free port, and before any work begins its server is replaced
by one that differs only in its address: loopback, and the port that the worker connects to.
"""

from __future__ import annotations

from typing import Any

from deployer.engine.jvm.context import Kestra
from deployer.engine.jvm.settings import WORKERS_CONTROLLER_PORT

_CONTROLLER = "io.kestra.controller.DefaultController"


def start_controller(kestra: Kestra) -> None:
    """Start the controller bean, listening on loopback only."""
    controller = kestra.bean(_CONTROLLER)
    controller.start()
    here = _build_server(kestra, controller).build().start()
    controller.getServer().shutdownNow()
    kestra.field(_CONTROLLER, "server").set(controller, here)


def _build_server(kestra: Kestra, controller: Any) -> Any:
    port = kestra.context.getProperty(WORKERS_CONTROLLER_PORT, kestra.java("java.lang.Integer").class_).get()
    build = kestra.java(_CONTROLLER).class_.getDeclaredMethod("buildServer", kestra.java("java.lang.Integer").TYPE)
    build.setAccessible(True)
    builder = build.invoke(controller, kestra.java("java.lang.Integer").valueOf(port))
    addresses = kestra.field("io.grpc.netty.NettyServerBuilder", "listenAddresses").get(builder)
    addresses.clear()
    addresses.add(kestra.java("java.net.InetSocketAddress")("127.0.0.1", port))
    return builder

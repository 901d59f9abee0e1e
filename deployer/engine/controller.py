"""The controller of Kestra 2.x on loopback: what its worker connects to is open to nobody else.

Asked of the 2.0.0 engine: its gRPC server listens on every interface of the machine, asks nobody who they are, and has
no setting for an address. So its server is replaced by one that is the same but for the address, before any work.
"""

from __future__ import annotations

from typing import Any

from deployer.engine.jvm import Kestra

_CONTROLLER = "io.kestra.controller.DefaultController"


def start_controller(kestra: Kestra) -> None:
    """Start the controller bean, listening on loopback only, on the port its settings name."""
    controller = kestra.bean(_CONTROLLER)
    controller.start()
    everywhere = controller.getServer()
    builder = _built(kestra, controller, everywhere.getPort())
    everywhere.shutdownNow().awaitTermination()
    _field(kestra, _CONTROLLER, "server").set(controller, builder.build().start())


def _built(kestra: Kestra, controller: Any, port: int) -> Any:
    build = kestra.java(_CONTROLLER).class_.getDeclaredMethod("buildServer", kestra.java("java.lang.Integer").TYPE)
    build.setAccessible(True)
    builder = build.invoke(controller, kestra.java("java.lang.Integer").valueOf(port))
    addresses = _field(kestra, "io.grpc.netty.NettyServerBuilder", "listenAddresses").get(builder)
    addresses.clear()
    addresses.add(kestra.java("java.net.InetSocketAddress")("127.0.0.1", port))
    return builder


def _field(kestra: Kestra, owner: str, name: str) -> Any:
    field = kestra.java(owner).class_.getDeclaredField(name)
    field.setAccessible(True)
    return field

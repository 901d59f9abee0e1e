"""A run of smoke tests with one of each verdict, as the tests of several formats show it."""

from __future__ import annotations

from report.requests import asked

from deployer.model.resource import FLOW, Key
from deployer.model.result import Report, Server
from deployer.model.smoke import Checked, SmokeCase, SmokeResult, TaskRun, Verdict

ORDERS, MAIL = Key(FLOW, "company.shop", "orders"), Key(FLOW, "company.shop", "mail")
SUITE = "flows/orders.smoke.yaml"


def case(name: str, flow: Key = ORDERS, *, suite: str = "orders-smoke", file: str = SUITE, **more: object) -> SmokeCase:
    return SmokeCase(suite, name, flow, file, **more)  # type: ignore[arg-type]


PASSED = SmokeResult(
    case("counts", tags=("fast", "nightly")),
    Verdict.PASSED,
    state="SUCCESS",
    execution="e1",
    url="http://k/e1",
    seconds=1.24,
    checked=(Checked(what="state", expected="SUCCESS", actual="SUCCESS", passed=True),),
    states=("CREATED", "RUNNING", "SUCCESS"),
    runs=(TaskRun(task="count", state="SUCCESS", seconds=0.5),),
    logs=("counted 3 orders",),
)
FAILED = SmokeResult(
    case("sums"),
    Verdict.FAILED,
    "ended FAILED, expected SUCCESS (and 2 more)",
    state="FAILED",
    execution="e2",
    url="http://k/e2",
    seconds=2.5,
    checked=(
        Checked(what="state", expected="SUCCESS", actual="FAILED", passed=False),
        Checked(what="output total", expected="42", actual="41", passed=False, message="the total is wrong"),
        Checked(what="output count", expected="3", actual="3", passed=True),
        Checked(what="logs", expected="", actual="", passed=False, message="there are none to search"),
    ),
    states=("CREATED", "RUNNING", "FAILED"),
    runs=(
        TaskRun(task="count", state="SUCCESS", seconds=0.5),
        TaskRun(task="each", state="FAILED", value="b", attempts=3, seconds=1.25),
    ),
    logs=("sum of 2 <rows>", "java.lang.ArithmeticException: / by zero"),
)
TIMED_OUT = SmokeResult(
    case("waits"),
    Verdict.TIMED_OUT,
    "still RUNNING after 5 s: could not be killed",
    state="RUNNING",
    execution="e3",
    url="http://k/e3",
    seconds=5.0,
    left_running=True,
    states=("CREATED", "RUNNING"),
)
NOT_RUN = SmokeResult(case("sends", MAIL, suite="mail-smoke"), Verdict.NOT_RUN, "its flow was not deployed")
SKIPPED = SmokeResult(case("mocks", MAIL, suite="mail-smoke"), Verdict.SKIPPED, "a server cannot mock tasks")
RETRIED = SmokeResult(
    case("flickers", MAIL, suite="mail-smoke"),
    Verdict.PASSED,
    state="SUCCESS",
    execution="e6",
    url="http://k/e6",
    seconds=0.75,
    tries=3,
)
SMOKES = (PASSED, FAILED, TIMED_OUT, NOT_RUN, SKIPPED, RETRIED)
TESTED = Report(asked("smoke", "flows"), server=Server("http://k:8080", "1.3.31", "main"), smokes=SMOKES, seconds=9.5)
COUNTED = "2 smoke tests passed, 3 did not, 1 skipped."

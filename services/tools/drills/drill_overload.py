"""`adloom drill overload`: at three times capacity goodput stays high, and the rest is refused at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.overload.load import Generator
    from services.tools.drills.overload.overloading import Margins, Measurement

DEADLINE_S: Final = {False: 0.25, True: 1.0}  # by whether the form is short
PLACEMENTS: Final = {False: 1, True: 6}  # of a request; more work per request where the generator shares the processors
ATTEMPTS: Final = {False: 1, True: 2}  # the short form measures again where a busy machine spoiled the measurement


def run(setting: Setting) -> Outcome:
    """Measures capacity, behaviour at three times capacity, and recovery; the long form also the cost of a refusal."""
    from services.tools.drills.overload.overloading import overloaded
    from services.tools.drills.overload.servers import creative

    generator, margins = _generator(setting), _margins(setting)
    with creative(setting) as server:
        for _ in range(ATTEMPTS[setting.short]):
            seen = overloaded(generator, server.address, margins)
            setting.report(f"capacity {seen.capacity:.0f} decisions/s; under load {seen.load.summary()}")
            if seen.is_fine(margins):
                break
    return _outcome(setting, generator, seen, margins)


def _generator(setting: Setting) -> Generator:
    from services.tools.drills.overload.ghz import find_ghz
    from services.tools.drills.overload.plain_generator import PlainGenerator

    page = DEADLINE_S[setting.short], PLACEMENTS[setting.short]
    return find_ghz(setting.folder, *page, build=not setting.short) or PlainGenerator(*page)


def _margins(setting: Setting) -> Margins:
    """The promised margins; the short form runs on any machine, beside other load, and has much wider ones."""
    from services.tools.drills.overload.overloading import Margins

    if setting.short:
        return Margins(1.5, 3.0, goodput=0.25, silent=0.25, quick_ms=500.0, base_times=5.0, base_plus_ms=25.0)
    return Margins(10.0, 20.0, goodput=0.75, silent=0.01, quick_ms=50.0, base_times=1.5, base_plus_ms=2.0)


def _outcome(setting: Setting, generator: Generator, seen: Measurement, margins: Margins) -> Outcome:
    from services.tools.drills.overload.overloading import BACK_S, TIMES

    load, deadline_ms = seen.load, DEADLINE_S[setting.short] * 1e3
    where = "the creative service on the shipped fakes" if setting.short else "real parts, on processors of their own"
    goodput = f"{load.per_s():.0f} of {seen.capacity:.0f} answers/s = {seen.goodput:.0%}"
    pushed = f"{seen.probe.with_pushback} of {seen.probe.refused} refusals of a caller beside the load"
    lone = f"p50 of a lone caller {seen.base_ms:.1f} ms before, {seen.after_ms:.1f} ms {seen.back_s:.1f} s after"
    return Outcome(
        (
            f"{generator.name}, open loop: {load.sent / load.seconds:.0f} decisions/s for {load.seconds:.0f} s, where "
            f"{TIMES} x {seen.capacity:.0f} was the aim, deadline {deadline_ms:.0f} ms, "
            f"{PLACEMENTS[setting.short]} placements each, on {where}",
        ),
        (
            Promise(f"goodput stays above {margins.goodput:.0%} of capacity", goodput, seen.goodput >= margins.goodput),
            _refused(seen, margins),
            Promise("each refusal says when to retry", pushed, seen.tells()),
            _in_time(seen, margins, deadline_ms),
            Promise(f"base latency is back within {BACK_S:.0f} s", lone, seen.back_s <= BACK_S),
            *([] if setting.short else [_costs(generator)]),
        ),
    )


def _refused(seen: Measurement, margins: Margins) -> Promise:
    from services.tools.drills.overload.load import REFUSED

    p50, p90, p99 = (seen.load.within_ms(REFUSED, share) for share in (0.5, 0.9, 0.99))
    return Promise(
        f"the rest is refused by RESOURCE_EXHAUSTED, nine in ten within {margins.quick_ms:.0f} ms",
        f"{seen.load.count(REFUSED):,} refused, p50 {p50:.0f} ms, p90 {p90:.0f} ms, p99 {p99:.0f} ms",
        seen.refuses(margins),
    )


def _in_time(seen: Measurement, margins: Margins, deadline_ms: float) -> Promise:
    from services.tools.drills.overload.load import OK

    load = seen.load
    return Promise(
        f"answers meet their deadline, and at most {margins.silent:.0%} of calls get no answer or refusal by then",
        f"answers p50 {load.within_ms(OK, 0.5):.0f} ms, last {load.within_ms(OK, 1.0):.0f} of {deadline_ms:.0f} ms; "
        f"{seen.silent:.1%} of {load.sent:,} calls: {load.summary()}",
        seen.silent <= margins.silent,
    )


def _costs(generator: Generator) -> Promise:
    from services.tools.drills.overload.servers import costs_us

    found = costs_us(generator, 4.0)
    echo = found["echo"]
    texts = [f"{way} {cost:.0f} us = {cost / echo:.2f} of an echo" for way, cost in found.items()]
    return Promise(
        "our refusal costs less than an echo (processor time a call, of refusals and of an echo)",
        "; ".join(texts),
        found["ours"] < echo,
    )


DRILL = Drill(
    "overload",
    "at three times capacity goodput holds, the rest is refused at once, and base latency comes back",
    run,
    (
        Mutation("admission", "services/runtime/admission.py", "if before >= self._room:", "if False:"),
        Mutation("many-at-a-time", "services/runtime/grpc_accept.py", "for _ in range(AT_ONCE):", "for _ in range(0):"),
    ),
)

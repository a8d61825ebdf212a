"""`adloom drill fuzz`: whatever bytes come to a door of ours, it answers, soon, and with little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.fuzzing.campaign import Visit

LONG_S: Final = 600.0  # at each door
SHORT_INPUTS: Final = 400
_SHORT_S: Final = 60.0  # by which even a busy machine has tried them


def run(setting: Setting) -> Outcome:
    """Every door in a process of its own: known findings first, then right inputs, broken in one to four ways each."""
    from services.tools.drills.fuzzing.campaign import AT_ONCE, Effort, visit_all
    from services.tools.stack.state_dir import ROOT

    effort = Effort(_SHORT_S, SHORT_INPUTS, setting.seed) if setting.short else Effort(LONG_S, 0, setting.seed)
    keep = ROOT / ".adloom" / "findings"
    visits = visit_all(setting.folder, keep, effort, setting.environ, setting.say)
    inputs = sum(visit.report.inputs for visit in visits if visit.report)
    amount = f"{SHORT_INPUTS:,} inputs" if setting.short else f"{LONG_S / 60:.0f} minutes"
    injected = (
        f"{amount} at each of {len(visits)} doors, {AT_ONCE} at a time: {inputs:,} inputs",
        f"broken fields, types, numbers, times, encodings, nesting and bytes, by seed {setting.seed}; "
        "then what was answered in a new way is broken further",
    )
    return Outcome(injected, tuple(_promise(visit, setting.short) for visit in visits))


def _promise(visit: Visit, short: bool) -> Promise:
    report = visit.report
    name = report.door if report else visit.word
    promise = f"{name}: every input is taken or refused by reason, within 1 s of CPU and 256 MiB"
    if report is None:
        return Promise(promise, "not one input was tried", kept=False)
    found = visit.findings
    enough = report.inputs >= SHORT_INPUTS if short else report.seconds >= LONG_S
    rate = report.inputs / max(report.seconds, 0.1)
    happened = (
        f"{report.inputs:,} inputs in {report.seconds:,.0f} s ({rate:,.0f}/s): {len(found)} findings; "
        f"median {report.median_ms} ms, slowest {report.slowest_ms} ms, peak {report.peak_mib} MiB, "
        f"{report.different_answers} kinds of answer"
    )
    if found:
        happened += f": {'; '.join(found[:3])}; kept in {visit.kept_in}"
    return Promise(promise, happened if enough else f"interrupted after {happened}", kept=enough and not found)


DRILL = Drill(
    "fuzz",
    "whatever bytes come to a parser at a door, nothing crashes, nothing stalls, memory stays bounded",
    run,
    (
        Mutation(
            "half-characters", "services/wire/codec/json_codec.py", "    if _HALF.search(value):\n", "    if False:\n"
        ),
        Mutation(
            "moments",
            "services/wire/codec/rules.py",
            "    if not (_FIRST_S <= found.seconds <= _LAST_S and 0 <= found.nanos < 10**9):\n",
            "    if False:\n",
        ),
        Mutation(
            "no-protobuf",
            "services/wire/codec/decode.py",
            "    except DecodeError as exc:\n",
            "    except KeyError as exc:\n",
        ),
    ),
)

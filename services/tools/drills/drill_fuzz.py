"""`adloom drill fuzz`: every parser and endpoint accepts or refuses any bytes, within limits of CPU time and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.fuzzing.campaign import TargetRun

LONG_S: Final = 600.0  # for each target
SHORT_INPUTS: Final = 400
_SHORT_S: Final = 60.0  # enough for the short form even on a busy machine


def run(setting: Setting) -> Outcome:
    """Fuzzes every target in a process of its own: past findings first, then valid inputs with one to four changes."""
    from services.tools.drills.fuzzing.campaign import AT_ONCE, Effort, fuzz_all
    from services.tools.stack.state_dir import ROOT

    effort = Effort(_SHORT_S, SHORT_INPUTS, setting.seed) if setting.short else Effort(LONG_S, 0, setting.seed)
    keep = ROOT / ".adloom" / "findings"
    runs = fuzz_all(setting.folder, keep, effort, setting.environ, setting.report)
    inputs = sum(done.report.inputs for done in runs if done.report)
    amount = f"{SHORT_INPUTS:,} inputs" if setting.short else f"{LONG_S / 60:.0f} minutes"
    injected = (
        f"{amount} for each of {len(runs)} targets, {AT_ONCE} at a time: {inputs:,} inputs",
        f"broken fields, types, numbers, times, encodings, nesting and bytes, by seed {setting.seed}; "
        "inputs with a new kind of answer are broken further",
    )
    return Outcome(injected, tuple(_promise(done, setting.short) for done in runs))


def _promise(done: TargetRun, short: bool) -> Promise:
    report = done.report
    name = report.target if report else done.key
    promise = f"{name}: every input is accepted or refused by reason, within 1 s of CPU and 256 MiB"
    if report is None:
        return Promise(promise, "no input was tried", kept=False)
    found = done.findings
    enough = report.inputs >= SHORT_INPUTS if short else report.seconds >= LONG_S
    rate = report.inputs / max(report.seconds, 0.1)
    happened = (
        f"{report.inputs:,} inputs in {report.seconds:,.0f} s ({rate:,.0f}/s): {len(found)} findings; "
        f"median {report.median_ms} ms, slowest {report.slowest_ms} ms, peak {report.peak_mib} MiB, "
        f"{report.different_answers} kinds of answer"
    )
    if found:
        happened += f": {'; '.join(found[:3])}; kept in {done.kept_in}"
    return Promise(promise, happened if enough else f"interrupted after {happened}", kept=enough and not found)


DRILL = Drill(
    "fuzz",
    "for any bytes, no parser crashes or stalls, and memory stays bounded",
    run,
    (
        Mutation(
            "half-characters", "services/wire/codec/json_codec.py", "    if _HALF.search(value):\n", "    if False:\n"
        ),
        Mutation(
            "moments",
            "services/wire/codec/rules.py",
            "    if not (_FIRST_S <= moment.seconds <= _LAST_S and 0 <= moment.nanos < 10**9):\n",
            "    if False:\n",
        ),
        Mutation(
            "no-protobuf",
            "services/wire/codec/decode.py",
            "    except DecodeError as exc:\n",
            "    except KeyError as exc:\n",
        ),
        Mutation(
            "picture-names",
            "services/web/pictures/picture_route.py",
            "        if name is None:\n",
            "        if False:\n",
        ),
        Mutation(
            "unpacked-bytes",
            "services/catalogue/feeds/readers/archive.py",
            "        if self._unpacked > self._most:\n",
            "        if False:\n",
        ),
    ),
)

"""Checks that a Triton server computes what was trained: `python -m services.models.verify --triton HOST:PORT`.

Each model's checked-in reference inputs are sent; the answers must equal the outputs that torch gave at export.
Needs no torch.
"""

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from services.common.errors import Unavailable
from services.models import manifest, reference
from services.models.tensors import CONTRACTS, ModelContract
from services.models.triton_client import TritonModels

_CALL_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """How far a served model is from its reference."""

    model: str
    version: str
    difference: float  # largest absolute difference of any output
    tolerance: float

    @property
    def passed(self) -> bool:
        """
        >>> Check("ctr", "ctr-0", float("nan"), 1e-5).passed
        False
        """
        return self.difference <= self.tolerance


async def verify(models: TritonModels, contract: ModelContract, repository: Path = manifest.REPOSITORY) -> Check:
    """Compares one served model with its reference; raises Unavailable while the server does not answer."""
    folder = manifest.folder_of(contract.name, repository=repository)
    inputs, expected = reference.read(folder, contract)
    rows = [inputs[spec.name] for spec in contract.inputs]
    answers = await models.infer(contract, rows, budget_s=_CALL_S)
    found = {spec.name: answer for spec, answer in zip(contract.outputs, answers, strict=True)}
    difference = reference.largest_difference(expected, found)
    return Check(contract.name, manifest.read(folder).version, difference, contract.tolerance)


async def verify_all(address: str, wait_s: float, repository: Path = manifest.REPOSITORY) -> list[Check]:
    """Checks every model; retries for up to `wait_s` seconds while the server is still starting."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    models = TritonModels(address)
    try:
        checks: list[Check] = []
        while len(checks) < len(CONTRACTS):
            try:
                checks.append(await verify(models, CONTRACTS[len(checks)], repository))
            except Unavailable:
                if loop.time() >= until:
                    raise
                await asyncio.sleep(0.2)
        return checks
    finally:
        await models.close()


def main() -> int:
    """Prints one JSON object a model; exit status 1 if one differs, 3 if the server did not answer in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = os.environ.get("ADLOOM_TRITON")
    parser.add_argument(
        "--triton", default=known, required=not known, metavar="HOST:PORT", help="gRPC address (or ADLOOM_TRITON)"
    )
    parser.add_argument(
        "--wait", type=float, default=60.0, metavar="SECONDS", help="how long the server may take to start"
    )
    parser.add_argument(
        "--repository",
        type=Path,
        default=Path(os.environ.get("ADLOOM_MODELS_DIR") or manifest.REPOSITORY),
        help="the model repository that the server serves (or ADLOOM_MODELS_DIR)",
    )
    arguments = parser.parse_args()
    try:
        checks = asyncio.run(verify_all(arguments.triton, arguments.wait, arguments.repository))
    except Unavailable as exc:
        sys.stderr.write(f"{exc}\n")
        return 3
    for check in checks:
        sys.stdout.write(json.dumps(asdict(check) | {"passed": check.passed}) + "\n")
    return 0 if all(check.passed for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())

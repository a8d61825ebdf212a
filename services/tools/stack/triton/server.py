"""A real Triton from the files of a wheel, CPU or GPU, on loopback only, its control calls behind a key.

The wheel's 2.51 predates the fixes of the 2025-08 and 2026-05 advisories: good enough for one machine's loopback, not
for production, where the image of k8s/ must be a newer one.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import grpc
from tritonclient.grpc import service_pb2, service_pb2_grpc

from services.runtime.grpc_channel import open_aio_channel
from services.runtime.whole_file import write_whole
from services.tools.stack.addresses import LOOPBACK, Addresses
from services.tools.stack.descendants import sweep_shared_memory
from services.tools.stack.probes import TIMEOUT_S, within
from services.tools.stack.program import Probe, Program
from services.tools.stack.state_dir import ROOT, StateDir
from services.tools.stack.triton import backend_folder as triton_folder
from services.tools.stack.triton.backend_folder import server_files

REPOSITORY = ROOT / "model_repository"
MODELS_DIR = "ADLOOM_MODELS_DIR"  # the repository that is served, where it is not that one
MODELS, BACKENDS, LIBRARIES, PYTHON = "models", "backends", "libraries", "python"  # in the folder that it runs in
RESTRICTED = "shared-memory,model-repository,logging,trace"
HEADER = "triton-grpc-protocol-adloom-key"  # what callers of a restricted protocol send, with the key's value


def key_file(state_dir: StateDir) -> Path:
    """The file that holds the key of Triton's restricted protocols."""
    return state_dir.secrets / "triton.key"


def lay_out(folder: Path, models: Path) -> None:
    """Makes links in `folder`, Triton's working directory, to all that it reads: MODELS, BACKENDS, LIBRARIES, PYTHON.

    Triton starts its stubs through a shell without quoting, lists of libraries have separators, and the stubs' Python
    decodes paths as ASCII, because no locale is set. The short names of the links are safe for all three, whatever the
    paths of the checkout and the state directory contain. MODELS has links to the models only: Triton takes every
    folder in it for a model, `__pycache__` too, and would not start.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / MODELS).mkdir(parents=True)
    (folder / BACKENDS).symlink_to(triton_folder.BACKENDS)
    (folder / LIBRARIES).symlink_to(triton_folder.libraries())
    (folder / PYTHON).symlink_to(ROOT / ".venv")
    for config in sorted(models.glob("*/config.pbtxt")):
        (folder / MODELS / config.parent.name).symlink_to(config.parent)


def is_ready(address: str) -> Probe:
    """Ready when Triton reports that it is, which it does once every model is ready."""

    async def ask() -> str:
        async with open_aio_channel(address) as channel:
            stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
            try:
                answer = await stub.ServerReady(service_pb2.ServerReadyRequest(), timeout=TIMEOUT_S)
            except grpc.aio.AioRpcError as exc:
                return f"triton ({exc.code().name.lower()})"
            return "" if answer.ready else "the models of triton"

    return lambda: within(ask(), "triton")


def command(state_dir: StateDir, addresses: Addresses, key: str) -> tuple[str, ...]:
    """The command line of tritonserver.

    Triton takes its key on the command line only, where other users of the machine can read it. So every start of the
    stack makes a new key, which protects nothing else.
    """
    return (
        str(server_files() / "bin" / "tritonserver"),
        f"--model-repository={MODELS}",
        f"--backend-directory={BACKENDS}",
        "--model-control-mode=none",
        "--disable-auto-complete-config",  # else every model starts twice, once to report its configuration
        f"--grpc-address={LOOPBACK}",
        f"--grpc-port={addresses.port('triton')}",
        f"--grpc-restricted-protocol={RESTRICTED}:adloom-key={key}",
        "--allow-http=false",
        f"--metrics-address={LOOPBACK}",
        "--allow-gpu-metrics=false",
        f"--metrics-port={addresses.port('triton_metrics')}",
        f"--backend-config=python,shm-region-prefix-name={state_dir.shm_prefix}",
        "--exit-timeout-secs=5",
    )


def program(state_dir: StateDir, addresses: Addresses, environment: Mapping[str, str]) -> Program:
    """Triton as a program of the stack; its stubs find their packages by the first `python3` on PATH."""
    data, log, probe = state_dir.data("triton"), state_dir.log("triton"), is_ready(addresses["triton"])
    if "triton" in addresses.external:
        return Program("triton", (), log, data, probe=probe)
    models, key = Path(environment.get(MODELS_DIR) or REPOSITORY).absolute(), secrets.token_hex(16)

    def prepare() -> None:
        write_whole(key_file(state_dir), key, mode=0o600)
        sweep_shared_memory(state_dir.shm_prefix)
        lay_out(data, models)

    needed = {
        "PATH": f"/proc/self/cwd/{PYTHON}/bin:{environment.get('PATH', os.defpath)}",
        "LD_LIBRARY_PATH": f"{triton_folder.libpython_folder()}:{LIBRARIES}",
        "OMP_NUM_THREADS": "1",
    }
    return Program(
        "triton",
        command(state_dir, addresses, key),
        log,
        data,
        {**environment, **needed},
        probe=probe,
        prepare=prepare,
        ready_within_s=240.0,
        stop_within_s=8.0,
        telling="Failed to create instance|failed to load '",
    )

"""A real Triton from the files of a wheel, CPU or GPU, on loopback only, its control calls behind a key.

The wheel's 2.51 predates the fixes of the 2025-08 and 2026-05 advisories: good enough for one machine's loopback, not
for production, where the image of k8s/ must be a newer one.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import grpc
from tritonclient.grpc import service_pb2, service_pb2_grpc

from services.runtime.grpc_channel import open_aio_channel
from services.tools.stack.addresses import LOOPBACK, Addresses
from services.tools.stack.descendants import sweep_shared_memory
from services.tools.stack.probes import TIMEOUT_S, within
from services.tools.stack.program import Probe, Program
from services.tools.stack.state_dir import ROOT, StateDir
from services.tools.stack.triton.backend_folder import BACKENDS, library_path, server_files

MODELS = ROOT / "model_repository"
RESTRICTED = "shared-memory,model-repository,logging,trace"
HEADER = "triton-grpc-protocol-adloom-key"  # what callers of a restricted protocol send, with the key's value


def key_file(state_dir: StateDir) -> Path:
    """The file that holds the key of Triton's restricted protocols."""
    return state_dir.secrets / "triton.key"


def keep_key(path: Path, key: str) -> None:
    """Writes the key with mode 0600 in place of an older one."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(key)


def lay_out_models(source: Path, repository: Path) -> None:
    """Fill `repository` with links to the models of `source`, and to nothing else that lies there.

    Triton takes every folder for a model, a `__pycache__` too, and does not start when one is none.
    """
    repository.mkdir(parents=True, exist_ok=True)
    for link in repository.iterdir():
        link.unlink()
    for config in sorted(source.glob("*/config.pbtxt")):
        (repository / config.parent.name).symlink_to(config.parent)


def is_ready(address: str) -> Probe:
    """Triton says that it is ready, which it does once every model is."""

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
    """How tritonserver is started.

    It takes its key on the command line only, where other users of the machine can read it: so the key is made anew
    at every start of the stack and guards nothing else.
    """
    return (
        str(server_files() / "bin" / "tritonserver"),
        f"--model-repository={state_dir.data('triton') / 'models'}",
        f"--backend-directory={BACKENDS}",
        "--model-control-mode=none",
        "--disable-auto-complete-config",  # else every model is started twice, once to be asked what its file says
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
    models, key = Path(os.environ.get("ADLOOM_MODELS_DIR") or MODELS), secrets.token_hex(16)

    def prepare() -> None:
        keep_key(key_file(state_dir), key)
        sweep_shared_memory(state_dir.shm_prefix)
        lay_out_models(models, data / "models")

    needed = {
        "PATH": f"{ROOT / '.venv' / 'bin'}:{environment.get('PATH', os.defpath)}",
        "LD_LIBRARY_PATH": library_path(),
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

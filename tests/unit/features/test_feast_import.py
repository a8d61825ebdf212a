import json
import subprocess
import sys

LOOK = """
import json, sys
reached = []
def hear(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        reached.append(str(arguments[-1] if event == "socket.connect" else arguments[0]))
sys.addaudithook(hear)
from services.common.errors import Unavailable
from services.features.feast_writer import FeastWriter
from services.features.ports import ProfileRow
from services.features.profile import Profile
writer = FeastWriter("127.0.0.1:9")
try:
    writer.write([ProfileRow("u1-" + "a" * 32, Profile(), 1, 0)])
except Unavailable:
    pass
loaded = [name for name in ("torch", "dask", "transformers", "fastapi", "uvicorn", "sqlalchemy") if name in sys.modules]
print(json.dumps({"loaded": loaded, "reached": sorted(set(reached))}))
"""


def test_feast_is_imported_without_torch_history_and_servers_and_connects_only_to_redis() -> None:
    """No serving process loads torch, each second of import is one of a restart, and nothing calls home."""
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=110, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["loaded"] == []
    assert found["reached"], "not even Redis was tried, so this shows nothing"
    assert all("127.0.0.1" in address for address in found["reached"])

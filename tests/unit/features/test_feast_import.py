import json
import subprocess
import sys

LOOK = """
import json, sys
from services.features.feast_writer import FeastWriter
FeastWriter("127.0.0.1:9")
print(json.dumps({name: name in sys.modules for name in ("torch", "dask", "transformers")}))
"""


def test_feast_comes_without_torch_and_without_its_history() -> None:
    """Serving processes must not load torch, and every second of import is a second of a restart."""
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=110, check=True)
    assert json.loads(done.stdout) == {"torch": False, "dask": False, "transformers": False}

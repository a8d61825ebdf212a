"""The reference of `web`: a bare Starlette route under the same uvicorn.

    python -m services.tools.bench.bare_starlette PORT

`POST /BYTES` reads the body and `GET /BYTES` does not; both answer so many bytes. Serves until it is ended.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def answer(request: Request) -> Response:
    """As many bytes as the path says."""
    if request.method == "POST":
        await request.body()
    return Response(bytes(request.path_params["size"]), media_type="application/octet-stream")


def main(port: int) -> None:
    """Serves on loopback."""
    app = Starlette(routes=[Route("/{size:int}", answer, methods=["GET", "POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, http="h11", loop="uvloop", ws="none", log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]))

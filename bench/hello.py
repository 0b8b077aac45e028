"""Answer one page with nothing but Starlette and uvicorn: what no desk can be quicker than."""

import json
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route


async def hello(_request):
    return HTMLResponse("<!DOCTYPE html><title>Hello</title><h1>Hello</h1>")


server = socket.create_server(("127.0.0.1", 0))
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(json.dumps({"link": f"http://127.0.0.1:{server.getsockname()[1]}/"}), flush=True)
config = uvicorn.Config(
    Starlette(routes=[Route("/", hello)]), http="h11", ws="none", loop="asyncio", lifespan="off", log_config=None,
    access_log=False, server_header=False,
)  # fmt: skip
uvicorn.Server(config).run(sockets=[server])

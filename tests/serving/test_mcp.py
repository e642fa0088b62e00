"""The endpoints as tools of an assistant, asked by MCP's own client."""

import asyncio
import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from gradio import mcp
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from PIL import Image

from latentdemo import server
from latentdemo.server import Host
from latentdemo.serving import uploads
from latentdemo.store.resources import Resources

NAMES = {"kernel", "features", "reconstruct", "map", "perturb", "attribute"}


def png(image: np.ndarray) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


async def asked(url: str, picture: str) -> tuple[list[Any], list[Any]]:
    """The tools there are, and what some calls gave."""
    async with streamablehttp_client(f"{url}gradio_api/mcp/") as (reads, writes, _), ClientSession(reads, writes) as it:
        await it.initialize()
        tools = (await it.list_tools()).tools
        calls = [
            await it.call_tool("perturb", {"model": "faces-vae", "code": [0.0] * 32}),
            await it.call_tool("reconstruct", {"image": picture, "pair": "faces-vae"}),
            await it.call_tool("perturb", {"model": "nobody", "code": [0.0]}),
        ]
    return tools, calls


def test_an_assistant_finds_the_endpoints_described_and_uses_them(resources: Resources):
    demo, url = server.launch(resources, Host(mcp=True, metrics=True))
    folder = uploads.claim()
    outside = set(folder.parent.iterdir())
    try:
        tools, (made, told, refused) = asyncio.run(asked(url, png(resources.gallery_image("faces-vae", 3))))
        counted = __import__("httpx").get(f"{url}metrics").text
    finally:
        demo.close()
    new = {path for path in set(folder.parent.iterdir()) - outside if not path.name.startswith(("pytest", "tmp", "."))}
    assert vars(mcp)["DEFAULT_TEMP_DIR"] == str(folder) and not new, new  # pictures lie where they are swept
    assert {tool.name for tool in tools} == NAMES
    for tool in tools:
        assert len(tool.description) > 40
        for name, schema in tool.inputSchema["properties"].items():
            assert schema.get("type") and len(schema.get("description", "")) > 5, (tool.name, name)
    assert not made.isError and "image.png" in made.content[0].text
    assert not told.isError and "vae mse" in told.content[0].text
    assert refused.isError and "No model" in refused.content[0].text
    assert 'path="gradio_api/mcp"' in counted and "nobody" not in counted


def test_without_the_package_one_sentence_says_so(resources: Resources, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"--mcp needs a package more; run: pip install 'gradio\[mcp\]=="):
        server.launch(resources, Host(mcp=True))


def test_there_is_no_metrics_page_unless_it_is_asked_for(resources: Resources):
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from latentdemo.serving.routes import pixel_routes

    client = TestClient(Starlette(routes=pixel_routes(resources)))
    assert client.get("/metrics").status_code == 404 and json.loads(client.get("/health").text)["models"]

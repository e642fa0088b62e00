"""What handlers write into HTML for the page's scripts, read back."""

import base64
import html
import json
import re
from typing import Any

import numpy as np


def figures_in(text: str) -> list[dict[str, Any]]:
    """Plotly's figures, in order."""
    return [json.loads(html.unescape(found)) for found in re.findall(r'data-figure="([^"]*)"', text)]


def codes_in(text: str) -> list[tuple[str, np.ndarray]]:
    """Model and codes (n, D) of each grid that the page decodes, in order."""
    found = []
    for model, codes, grid in re.findall(r'data-model="([^"]*)" data-codes="([^"]*)">(.*?)</div>', text, re.S):
        n = grid.count("<img")
        found.append((html.unescape(model), np.frombuffer(base64.b64decode(codes), "<f4").reshape(n, -1)))
    return found

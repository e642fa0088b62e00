"""What tests in Chromium have in common: opening tabs, reading pictures, uploading."""

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect


def open_tab(screen: Page, name: str, section: str | None = None) -> Locator:
    """The visible panel of a tab, or of a tab inside it."""
    screen.get_by_role("tab", name=name, exact=True).first.click()
    panel = screen.locator("[role=tabpanel]:visible").first
    panel.wait_for()
    if section is None:
        return panel
    row = panel.get_by_role("tab", name=section, exact=True)
    if row.count() == 0:  # it stands in the menu of those that do not fit
        panel.locator(".overflow-menu > button").first.click()
        row = panel.locator(".overflow-dropdown").get_by_role("button", name=section, exact=True)
    row.first.click()
    inner = panel.locator("[role=tabpanel]:visible").first
    inner.wait_for()
    return inner


def pixels(picture: Locator) -> np.ndarray:
    """What an <img> or a canvas holds."""
    js = """async e => {
      if (e.tagName !== 'IMG') return e.toDataURL();
      if (e.src.startsWith('data:')) return e.src;
      await e.decode();
      const sheet = Object.assign(document.createElement('canvas'), {width: e.naturalWidth, height: e.naturalHeight});
      sheet.getContext('2d').drawImage(e, 0, 0);
      return sheet.toDataURL();
    }"""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.evaluate(js).partition(",")[2]))).convert("RGB"))


def painted(canvas: Locator, after: int = 0) -> int:
    """Waits until a canvas was painted more often than `after`; how often it was."""
    expect(canvas).not_to_have_attribute("data-painted", str(after))
    canvas.page.wait_for_function("([e, n]) => Number(e.dataset.painted) > n", arg=[canvas.element_handle(), after])
    return int(canvas.get_attribute("data-painted") or 0)


def quiet(screen: Page) -> None:
    """Waits until the server owes nothing: a process that ends while it computes is aborted."""
    screen.evaluate("import('/look/link/quiet.js').then(module => module.quiet())")


def upload(screen: Page, path: Path) -> None:
    screen.locator("#door").get_by_label("Remove Image").click()
    screen.locator("#door input[type=file]").first.set_input_files(path)


def save(path: Path, array: np.ndarray) -> Path:
    Image.fromarray(array).save(path)
    return path


def choose_models(screen: Page, label: str) -> None:
    screen.get_by_label("Models").click()
    screen.get_by_role("option", name=label, exact=True).click()


def number(text: str) -> float:
    return float(text.replace("−", "-"))

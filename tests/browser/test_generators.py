"""The Generators tab in Chromium: what is drawn is what the networks make, and controls move it."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from latentdemo.codes import diffusion, latents
from latentdemo.store.resources import Resources
from tests.browser.helpers import choose_models, open_tab, painted

TITLES = ["Autoencoder + ten Gaussians", "VAE, N(0, I)", "VAE + diffusion", "GAN", "VQ-VAE + prior"]
PIXELS = """image => {
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 0);
}"""


@pytest.fixture
def digits(used: Page) -> Page:
    choose_models(used, "Digits · 16-D")
    return used


def test_the_table_is_sorted_by_any_column(digits: Page):
    panel = open_tab(digits, "Generators", "Comparison")
    rows = panel.locator("tbody")
    expect(rows).to_have_count(5)
    expect(rows.nth(4).locator("img").nth(7)).to_have_attribute("data-painted", re.compile(r"\d"))
    titles = rows.locator("th b")
    assert titles.all_text_contents() == TITLES
    panel.get_by_role("button", name="Fréchet distance").click()
    values = [float(text) for text in panel.locator("td.frechet").all_text_contents()]
    assert values == sorted(values)
    panel.get_by_role("button", name="Fréchet distance").click()
    assert [float(text) for text in panel.locator("td.frechet").all_text_contents()] == values[::-1]
    expect(panel.locator("th[aria-sort=descending]")).to_have_count(1)
    before = rows.first.locator("img").first.get_attribute("data-painted")
    panel.get_by_role("button", name="Draw 8 more").click()
    expect(rows.first.locator("img").first).not_to_have_attribute("data-painted", before or "")


def test_a_walk_is_scrubbed_without_asking_and_shows_what_the_network_makes(digits: Page, resources: Resources):
    panel = open_tab(digits, "Generators", "Diffusion")
    image = panel.locator(".walked img").first
    painted(image)
    model, vae = resources.model("mnist-diffusion-16"), resources.model("mnist-vae-16")
    wanted = latents.decode(vae, diffusion.draw(model, 8, 0))[0, :, :, 0]
    assert np.abs(np.array(image.evaluate(PIXELS)).reshape(28, 28) - wanted).max() <= 2
    asked: list[str] = []
    digits.on("request", lambda request: asked.append(request.url))
    before = int(image.get_attribute("data-painted") or 0)
    panel.get_by_label("Step of the way").fill("10")
    digits.wait_for_function("([e, n]) => Number(e.dataset.painted) > n", arg=[image.element_handle(), before])
    expect(panel.locator("[data-role=where]").first).to_have_text("11 of 41: 150 steps of noise left")
    assert not [url for url in asked if "pixels" in url]
    panel.get_by_label("From").select_option("mine")
    expect(panel.locator("[data-role=where]").first).to_contain_text("0 steps of noise left")
    expect(panel.locator(".walked img")).to_have_count(1)
    panel.get_by_label("From").select_option("noise")


def test_the_image_is_found_and_a_search_can_be_stopped(digits: Page):
    panel = open_tab(digits, "Generators", "GAN inversion")
    expect(panel.locator("[data-role=vae-caption]")).to_contain_text("VAE, one pass: MSE 0.")
    expect(panel.locator("[data-role=gan-caption]")).to_contain_text("0 of 300 steps: MSE 0.")
    for _ in range(3):  # more often than searches may go on at once: one that is stopped makes room
        panel.get_by_role("button", name="Search for it").click()
        expect(panel.locator("[data-role=gan-caption]")).not_to_contain_text("GAN, 0 of")
        panel.get_by_role("button", name="Stop").click()
        expect(panel.locator("[data-role=status]")).to_have_text("Stopped.")
    panel.get_by_role("button", name="Search for it").click()
    expect(panel.locator("[data-role=status]")).to_contain_text("Done: 300 steps")
    expect(panel.locator("[data-role=gan-caption]")).to_contain_text("300 of 300 steps: MSE 0.")


def test_entries_are_chosen_and_painted_with(digits: Page, resources: Resources):
    panel = open_tab(digits, "Generators", "VQ-VAE")
    canvas = panel.locator("canvas[data-role=painted]")
    painted(canvas)
    expect(panel.locator("[data-role=entries] button")).to_have_count(32)
    entry = panel.locator("[data-role=entries] button").nth(9)
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    share = resources.arrays("mnist-vqvae")["usage"][9] / 490_000
    expect(panel.locator("[data-role=said]")).to_contain_text(f"{100 * share:.2g} % of all places of the test images")
    panel.get_by_role("button", name="Fill with this entry").click()
    expect(panel.locator("[data-role=error]")).to_contain_text("places hold another entry")
    digits.wait_for_function("location.hash.includes('codebook.grid')")
    kept = json.loads(
        digits.evaluate("JSON.stringify(Object.fromEntries(new URLSearchParams(location.hash.slice(1))))")
    )
    assert kept["codebook.grid"].split(",") == ["9"] * 49
    panel.get_by_role("button", name="As the encoder says").click()
    expect(panel.locator("[data-role=error]")).to_have_text("All places as the encoder says.")


def test_images_are_written_index_by_index(digits: Page):
    panel = open_tab(digits, "Generators", "Autoregressive prior")
    painted(panel.locator("canvas[data-role=large]"))
    expect(panel.locator("[data-role=where]")).to_have_text("49 of 49 indices")
    panel.get_by_label("Indices that are written").fill("7")
    expect(panel.locator("[data-role=where]")).to_have_text("7 of 49 indices")
    expect(panel.locator("[data-role=told]")).to_contain_text("bits so far")


def test_the_collapsed_one_draws_one_digit_and_the_game_is_replayed(digits: Page, resources: Resources):
    panel = open_tab(digits, "Generators", "GAN")
    expect(panel.locator(".guess.counts")).to_have_count(2)
    painted(panel.locator("section").nth(2).locator("img").last)
    panel = open_tab(digits, "Generators", "Adversarial training")
    painted(panel.locator("canvas[data-role=samples]"))
    panel.get_by_label("Moment of the training").fill("0")
    expect(panel.locator("[data-role=where]")).to_have_text("epoch 0: before the first step")
    digits.wait_for_function("document.querySelector('[data-role=curve] .plot').data?.length === 3")
    lines = panel.locator("[data-role=curve] .plot").evaluate("e => e.data.map(line => [line.y.at(-1), line.y.length])")
    losses = resources.arrays("mnist-gan")["moment_losses"][-1]
    assert lines == [[pytest.approx(value, rel=1e-4), 12] for value in (*losses, 2 * np.log(2))]
    panel = open_tab(digits, "Generators", "Diffusion in latent space")
    painted(panel.locator("canvas[data-role=plane]"))
    expect(panel.locator(".tiles img")).to_have_count(9)


def test_on_a_phone_a_generator_is_a_card(digits: Page):
    digits.set_viewport_size({"width": 390, "height": 844})
    panel = open_tab(digits, "Generators", "Comparison")
    painted(panel.locator("img").first)
    assert panel.locator(".scrolled").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert panel.locator("tbody").first.locator("td[data-label]").count() == 7
    for button in panel.locator("thead button").all():
        expect(button).to_be_in_viewport()
    digits.set_viewport_size({"width": 1400, "height": 900})

"""The CNN tab in Chromium: layers and maps that are clicked, networks that are changed, drawings that are stopped."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from latentdemo.data import faces
from latentdemo.store.resources import Resources
from latentdemo.tabs.features import layers
from latentdemo.tabs.features.chosen import NETWORK, enlarged
from tests.browser.helpers import open_tab, pixels, save, upload


def test_a_layer_and_a_map_are_chosen_by_a_click(screen: Page, resources: Resources):
    panel = open_tab(screen, "CNN features", "Feature maps")
    maps, detail = panel.locator("#feature-maps"), panel.locator("#map-detail")
    expect(maps.locator(".note")).to_contain_text("Layer 1, convolution, 3 × 3: 32 feature maps of 224 × 224")
    panel.locator("#layer-strip [data-pick='6']").click()
    expect(maps.locator(".note")).to_contain_text("Layer 7, convolution, 3 × 3: 128 feature maps of 112 × 112")
    channel = maps.locator("[data-pick]").nth(9).get_attribute("data-pick") or ""
    tile = maps.locator(f"[data-pick='{channel}']")
    expect(tile).to_contain_text(f"{channel}: [")
    tile.focus()
    screen.keyboard.press("Enter")
    expect(detail).to_contain_text(f"Channel {channel}, strongest at")
    network = resources.classifier(NETWORK)
    picture = next(iter(resources.samples().values())).picture
    values = layers.feature_maps(network, enlarged(network, picture), "conv3.2")[int(channel)]
    row, column = np.unravel_index(values.argmax(), values.shape)
    expect(detail).to_contain_text(f"strongest at row {row}, column {column}:")
    expect(tile).to_have_attribute("aria-pressed", "true")
    panel.get_by_label("before ReLU (signed)").check()
    expect(maps.locator(".note")).to_contain_text("blue below zero")


@pytest.mark.slow
def test_networks_and_weights_change_every_section(screen: Page):
    panel = open_tab(screen, "CNN features", "Filters")
    expect(panel).to_contain_text("(trained weights)")
    screen.get_by_label("random", exact=True).check()
    expect(panel).to_contain_text("(random weights)")
    screen.get_by_label("Network").click()
    screen.get_by_role("option", name="AlexNet").click()
    expect(panel).to_contain_text("The 64 kernels of the first layer, 3 × 11 × 11 numbers each")
    panel = open_tab(screen, "CNN features", "Grad-CAM")
    expect(panel).to_contain_text("one of 1,000 classes")
    screen.get_by_label("trained", exact=True).check()
    expect(panel.locator(".problem")).to_contain_text("weights of AlexNet are not here")
    expect(screen.get_by_role("button", name="Fetch the weights")).to_be_visible()


def test_evidence_for_another_class(screen: Page):
    panel = open_tab(screen, "CNN features", "Grad-CAM")
    expect(panel.locator("#evidence img")).to_have_count(3)
    panel.get_by_label("Evidence for").click()
    screen.get_by_role("option", name="ship", exact=True).click()
    expect(panel).to_contain_text("evidence for “ship”")


def test_a_hidden_section_follows_the_picture_when_it_is_opened(screen: Page, tmp_path: Path):
    vector = open_tab(screen, "CNN features", "Similar images").locator("#vector")
    expect(vector).to_contain_text("Nearest in the album")
    before = vector.locator(".vector img").get_attribute("src") or ""
    open_tab(screen, "CNN features", "Feature maps")
    upload(screen, save(tmp_path / "face.png", faces.render(faces.default_factors(1, beard=1.0), 150)[0]))
    expect(screen.locator("#map-detail")).to_contain_text("Channel")
    expect(open_tab(screen, "CNN features", "Similar images").locator("#vector .vector img")).not_to_have_attribute(
        "src", before
    )


LATE_LAST_LINE = """
    const fetched = window.fetch;
    const late = (chunk, reader) => {
      window.ending = new TextDecoder().decode(chunk).includes("close_stream");
      return new Promise(done => setTimeout(() => done(reader.enqueue(chunk)), window.ending ? 900 : 0));
    };
    window.fetch = async (input, init) => {
      const answer = await fetched(input, init);
      if (!String(input.url ?? input).includes("/queue/data")) return answer;
      return new Response(answer.body.pipeThrough(new TransformStream({ transform: late })), answer);
    };
"""


@pytest.mark.slow
def test_a_section_opened_while_the_stream_of_answers_ends_is_filled(browser: Browser, url: str):
    with browser.new_page(viewport={"width": 1400, "height": 900}) as screen:
        screen.add_init_script(LATE_LAST_LINE)
        screen.goto(url)
        expect(open_tab(screen, "CNN features", "Feature maps").locator("#map-detail")).to_contain_text("strongest at")
        screen.wait_for_function("window.ending")
        expect(open_tab(screen, "CNN features", "Similar images").locator("#vector")).to_contain_text(
            "Nearest in the album"
        )


def test_another_way_and_a_target(screen: Page):
    panel = open_tab(screen, "CNN features", "Similar images")
    vector = panel.locator("#vector")
    expect(vector).to_contain_text("A path to the chosen picture")
    shown = vector.locator(".tiles").nth(1).inner_html()
    panel.get_by_role("button", name="Another").click()
    expect(panel.get_by_label("Path to")).to_have_value("another picture of the album")
    expect(vector.locator(".tiles").nth(1)).not_to_have_js_property("innerHTML", shown)


@pytest.mark.slow
def test_a_drawing_grows_and_can_be_stopped(screen: Page):
    panel = open_tab(screen, "CNN features", "Feature visualization")
    expect(panel.locator("#seeks img")).to_have_count(128)
    panel.locator("#seeks [data-pick='5']").click()
    expect(panel.locator("#seeks-large")).to_contain_text("Layer 7, channel 5, as stored")
    panel.get_by_label("Layer", exact=True).click()
    screen.get_by_role("option", name=re.compile("^11")).click()
    expect(panel.locator("#seeks .note")).to_contain_text("residual sum")
    panel.get_by_label("Channel").fill("200")
    panel.get_by_label("Channel").blur()
    expect(panel.get_by_label("Channel")).to_have_value("127")  # the last one
    panel.get_by_label("Channel").fill("20")
    panel.get_by_role("button", name="Draw it").click()
    expect(panel).to_contain_text("Layer 11, channel 20: step")
    panel.get_by_role("button", name="Stop").click()
    screen.wait_for_timeout(700)
    said = panel.locator("figcaption", has_text="step").inner_text()
    screen.wait_for_timeout(1500)
    assert panel.locator("figcaption", has_text="step").inner_text() == said and "step 96" not in said


def test_a_moved_and_mirrored_digit_is_answered_in_the_page(screen: Page):
    panel = open_tab(screen, "CNN features", "Augmentation")
    guesses = panel.locator(".guess b")
    expect(guesses).to_have_count(4)
    before = pixels(panel.locator("[data-role=digit]"))
    asked: list[str] = []
    screen.on("request", lambda request: asked.append(request.url))
    panel.locator("[data-role=right]").fill("5")
    expect(panel.locator("[data-role=right-value]")).to_have_text("5 px")
    moved = pixels(panel.locator("[data-role=digit]"))
    np.testing.assert_array_equal(moved[:, 5:], before[:, :-5])
    panel.locator("[data-role=mirrored]").check()
    mirrored = pixels(panel.locator("[data-role=digit]"))
    np.testing.assert_array_equal(mirrored[:, 5:], before[:, :4:-1])
    assert not [address for address in asked if "gradio_api" in address]
    expect(guesses.first).to_contain_text("As they are: ")


def test_layers_of_a_network_that_was_trained_further(screen: Page):
    panel = open_tab(screen, "CNN features", "Fine-tuning")
    expect(panel.locator("#moved")).to_contain_text("mnist-from-cifar10 began as Our own CNN")
    panel.get_by_label("Maps of layer").click()
    screen.get_by_role("option", name="3. pooling, 2 × 2").click()
    expect(panel.locator("#moved")).to_contain_text("Your image in layer 3, pooling")

"""The Reconstructions tab in Chromium: lanes that are scrubbed, a triangle, a training that is replayed, clicks."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from latentdemo import data
from latentdemo.codes import latents, passes
from latentdemo.models.learning import Likelihood
from latentdemo.serving import watching
from latentdemo.store.resources import Resources
from latentdemo.tabs.reconstructions import between, generate
from latentdemo.tabs.reconstructions.between import journeys
from tests.browser.helpers import choose_models, number, open_tab, painted, pixels


def slide(screen: Page, label: str, value: int) -> None:
    """Move a slider of the page's own and tell it."""
    slider = screen.locator("[role=tabpanel]:visible input[type=range]:visible").first
    assert label in (slider.evaluate("e => e.closest('label').textContent") or "")
    slider.evaluate("(e, value) => { e.value = value; e.dispatchEvent(new Event('input')); }", value)


def test_scrubbing_shows_the_frames_and_asks_nobody(screen: Page, resources: Resources):
    panel = open_tab(screen, "Reconstructions", "Interpolation")
    lanes = panel.locator("#between .strip canvas")
    expect(lanes).to_have_count(4)
    painted(lanes.nth(3))
    asked: list[Request] = []
    screen.on("request", lambda request: asked.append(request))
    found = journeys.journey(
        resources,
        "faces-vae",
        resources.prepare("faces-vae", next(iter(resources.samples().values())).picture),
        resources.gallery_image("faces-vae", between.targets(resources, "faces-vae", 0)[0]),
    )
    for step in (0, 9, 32):
        slide(screen, "Step", step)
        for canvas, lane in zip(lanes.all(), journeys.LANES, strict=True):
            truth = np.asarray(Image.fromarray(found.frames[lane][step]).resize((320, 320), Image.Resampling.BILINEAR))
            assert np.abs(pixels(canvas).astype(int) - truth).mean() < 4, (lane, step)
    real = journeys.reality(resources, "faces", found.frames["real"])
    caption = panel.locator("#between .strip figcaption").nth(3).text_content() or ""
    assert real is not None and number(caption.split(": ")[1].split(" ")[0]) == float(f"{real[32]:.3g}")
    assert not asked


@pytest.mark.slow
def test_other_images_are_chosen_mixed_and_saved(screen: Page, tmp_path: Path, resources: Resources):
    panel = open_tab(screen, "Reconstructions", "Interpolation")
    lanes, mixture = panel.locator("#between .strip canvas"), panel.locator("#mix-canvas canvas")
    drawn, before = painted(mixture), pixels(mixture)
    panel.locator("#between-targets [data-pick='5']").click()
    expect(panel.locator("#between-targets [data-pick='5']")).to_contain_text("b")
    expect(panel.locator("#between-targets [data-pick='0']")).to_contain_text("c")
    painted(lanes.first)
    painted(mixture, drawn)
    panel.locator("#triangle svg").focus()
    drawn = painted(mixture)
    for _ in range(30):
        screen.keyboard.press("ArrowUp")
    weights = panel.locator("#triangle figcaption")
    expect(weights).to_contain_text("a 1.00, b 0.00, c 0.00")
    painted(mixture, drawn)
    code = resources.encode("faces-vae", next(iter(resources.samples().values())).picture)
    screen.wait_for_timeout(300)  # the last picture is painted
    alone = latents.decode(resources.model("faces-vae"), code[None])[0]
    shown = np.asarray(Image.fromarray(pixels(mixture)).resize((64, 64), Image.Resampling.BOX))
    assert np.abs(shown.astype(int) - alone).mean() < 6
    for _ in range(10):
        screen.keyboard.press("ArrowDown")
    for _ in range(4):
        screen.keyboard.press("ArrowLeft")
    expect(weights).to_contain_text("a 0.60, b 0.34, c 0.06")  # 140 of 346 pixels down, 56 of 400 left
    corners = [panel.locator(f"#triangle image[data-role={name}]").get_attribute("href") or "" for name in "abc"]
    faces = [np.asarray(Image.open(io.BytesIO(base64.b64decode(src.partition(",")[2])))) for src in corners]
    truth = sum(weight * face.astype(float) for weight, face in zip((0.6, 0.34, 0.06), faces, strict=True))
    shown = pixels(panel.locator("#triangle canvas")).astype(float).reshape(64, 4, 64, 4, 3).mean(axis=(1, 3))
    assert np.abs(shown - truth).mean() < 6
    assert np.abs(pixels(mixture).astype(int) - before).mean() > 2
    with screen.expect_download() as download:
        panel.get_by_role("button", name="Save the lanes").click()
    assert download.value.suggested_filename == "between.gif"
    download.value.save_as(tmp_path / "between.gif")
    assert Image.open(tmp_path / "between.gif").n_frames == 2 * journeys.N_STEPS - 2  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_training_is_replayed(screen: Page, resources: Resources):
    panel = open_tab(screen, "Reconstructions", "Training replay")
    canvases = panel.locator("#replay section canvas:visible")
    expect(canvases).to_have_count(4)
    painted(canvases.first)
    losses = resources.arrays("mnist-vae-2")["moment_losses"]
    captions = panel.locator("#replay .vae figcaption")
    expect(captions).to_contain_text(f"MSE {losses[-1, 0]:.4f}, KL {losses[-1, 1]:.2f} nats")
    last = [pixels(canvas) for canvas in canvases.all()]
    slide(screen, "Moment", 3)
    expect(captions).to_contain_text(f"MSE {losses[3, 0]:.4f}")
    assert all((pixels(canvas) != picture).any() for canvas, picture in zip(canvases.all(), last, strict=True))
    codes = resources.arrays("mnist-ae-2")["moment_codes"][-1].astype(float)
    limit = number(re.search(r"±([\d.]+)", panel.locator("#replay .ae figcaption").text_content() or "")[1])  # type: ignore[index]
    assert limit > 0.9 * np.percentile(np.abs(codes), 99)
    panel.get_by_role("button", name="Play").click()
    expect(panel.locator("#replay output").first).to_contain_text(re.compile("^[5-9] of 12"))


@pytest.mark.slow
def test_clicks_and_controls_of_the_other_sections(screen: Page):
    panel = open_tab(screen, "Reconstructions", "Latent size and β")
    cell = panel.locator("#sweep [data-pick]").nth(3)
    cell.click()
    expect(panel.locator("#sweep-chosen h3")).to_contain_text("32-D, β = 30")
    panel = open_tab(screen, "Reconstructions", "Denoising")
    expect(panel.locator("#denoise img")).to_have_count(22)
    panel.get_by_label("Grey").check()
    expect(panel.locator("#denoise")).to_contain_text("at strength 1, mean PSNR")
    panel = open_tab(screen, "Reconstructions", "AE vs VAE")
    source = panel.locator("#reconstruction img").first.get_attribute("src") or ""
    panel.get_by_role("button", name="Take a picture of the gallery").click()
    expect(panel.locator("#reconstruction img").first).not_to_have_attribute("src", source)
    choose_models(screen, "Digits · 5-D")
    expect(panel.locator("#rows b").first).to_contain_text("2-D")
    expect(panel.locator("#reconstruction figcaption").first).to_contain_text("28 × 28")


@pytest.mark.slow
def test_draws_and_samples_ask_nobody(screen: Page, resources: Resources):
    panel = open_tab(screen, "Reconstructions", "Posterior")
    draws = panel.locator("#draws .vae img")
    painted(draws.nth(11))
    told, text = panel.locator("#draws [data-role=told]"), re.compile(r"decode\(μ\): [\d.]+\.")
    expect(told).to_have_text(text)
    screen.wait_for_function("performance.getEntriesByType('resource').some(e => e.name.includes('faces-vae.'))")
    asked: list[str] = []
    screen.on("request", lambda request: asked.append(request.url) if request.url.startswith("http") else None)
    before, spreads = pixels(draws.nth(0)), []
    for _ in range(6):
        count = painted(draws.nth(11))
        panel.get_by_role("button", name="Draw ε again").click()
        painted(draws.nth(11), count)
        expect(told).to_have_text(text)
        spreads.append(float(re.search(r"decode\(μ\): ([\d.]+)\.", told.inner_text())[1]))  # type: ignore[index]
    assert (pixels(draws.nth(0)) != before).any() and not asked
    done = passes.through(resources.model("faces-vae"), resources.prepare("faces-vae", default(resources)))
    assert done.sigma is not None
    epsilon = np.random.default_rng(0).standard_normal((400, 32))
    copies = latents.decode(resources.model("faces-vae"), done.mu + done.sigma * epsilon)
    assert np.mean(spreads) == pytest.approx((((copies / 255.0) - done.x_hat / 255.0) ** 2).mean(), rel=0.3)


def test_samples_are_drawn_and_the_plane_is_decoded_where_it_is_pointed_at(screen: Page, resources: Resources):
    panel = open_tab(screen, "Reconstructions", "Sampling")
    samples = panel.locator("#generate .samples img")
    expect(samples).to_have_count(2 * 3 * 16)
    count = painted(samples.last)
    before = pixels(samples.last)
    panel.get_by_role("button", name="Sample 16 more").click()
    painted(samples.last, count)
    assert (pixels(samples.last) != before).any()
    plane, place = panel.locator("#cells .vae .handle"), panel.locator("#cells .vae .place")
    plane.scroll_into_view_if_needed()
    painted(plane)
    dotted = pixels(plane)
    panel.get_by_label("Codes of test images over it").uncheck()
    painted(plane, 1)
    model, told = resources.model("mnist-vae-2"), generate.square(resources.gallery("mnist-vae-2").codes)
    box, canvas = plane.bounding_box(), place.locator("canvas")
    assert box is not None and (pixels(plane) != dotted).any()
    count = painted(canvas)
    screen.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    painted(canvas, count)
    screen.wait_for_timeout(200)
    code = [number(text) for text in re.findall(r"[−\d.]+", place.locator("figcaption").inner_text())]
    low, high = told
    assert code == pytest.approx([low[0] + 0.3 * (high[0] - low[0]), low[1] + 0.4 * (high[1] - low[1])], abs=0.05)
    oracle = latents.decode(model, np.array([code], np.float32))[0, :, :, 0].repeat(18, axis=0).repeat(18, axis=1)
    assert np.abs(pixels(canvas)[:, :, 0].astype(int) - oracle).max() <= 4  # the caption has four digits
    cell = latents.decode(model, np.array([[low[0] + (high[0] - low[0]) / 40, high[1] - (high[1] - low[1]) / 40]]))
    assert np.abs(pixels(plane)[:56:2, :56:2, 0].astype(int) - cell[0, :, :, 0]).max() <= 2


def default(resources: Resources) -> np.ndarray:
    return next(iter(resources.samples().values())).picture


def losses(screen: Page) -> list[list[float]]:
    """The numbers of both captions under the pictures of the machine."""
    captions = screen.locator("#machine .rail figure:last-child figcaption").all_inner_texts()
    return [[float(text.replace("−", "-")) for text in re.findall(r"[−\d.]+", caption)] for caption in captions]


@pytest.mark.parametrize("label", ["Faces · 32-D", pytest.param("Digits · 2-D", marks=pytest.mark.slow)])
def test_the_machine_shows_the_loss_of_the_image(screen: Page, resources: Resources, label: str):
    choose_models(screen, label)
    panel = open_tab(screen, "Reconstructions", "Overview")
    captions = panel.locator("#machine .rail figure:last-child figcaption")
    expect(captions.nth(1)).to_contain_text("nats")
    expect(captions.nth(0)).to_contain_text("nats")
    pair, picture = resources.pair(label), next(iter(resources.samples().values())).picture
    for side, found in zip(("ae", "vae"), losses(screen), strict=True):
        name = pair.side(side)
        card = resources.card(name)
        done = passes.through(resources.model(name), resources.prepare(name, picture))
        oracle = passes.loss(resources.model(name), Likelihood.of(card.dataset), card.training["beta"], done)
        wanted = [oracle.reconstruction] if side == "ae" else [oracle.reconstruction, 1, oracle.kl, oracle.total]
        assert found == pytest.approx(wanted, rel=2e-3)
        shown = pixels(panel.locator(f"#machine section.{side} .rail figure:last-child canvas"))
        small = np.asarray(Image.fromarray(shown).resize(done.x_hat.shape[:2], Image.Resampling.BOX)).astype(int)
        assert np.abs(small - done.x_hat).mean() < 6


def test_the_code_moves_while_the_image_is_drawn_on(screen: Page):
    choose_models(screen, "Digits · 2-D")
    panel = open_tab(screen, "Reconstructions", "Overview")
    expect(panel.locator("#machine section.vae figcaption").last).to_contain_text("nats")
    asked: list[Request] = []
    image, code = panel.locator("#machine figure.input canvas"), panel.locator("#machine section.vae canvas.handle")
    expect(panel.locator("#machine figure.input figcaption")).to_have_text("image x, 28 × 28")
    screen.wait_for_timeout(500)  # the models have changed, and the picture with them
    panel.get_by_role("button", name="Blank image").click()
    screen.wait_for_timeout(500)
    screen.on("request", lambda request: asked.append(request))
    assert pixels(image).max() == 0
    before, blank = pixels(code), losses(screen)
    box = image.bounding_box()
    assert box is not None
    screen.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.25)
    screen.mouse.down()
    for k in range(1, 11):
        screen.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * (0.25 + 0.05 * k))
    moving = pixels(code)
    screen.mouse.up()
    screen.wait_for_timeout(300)
    assert (moving != before).any() and losses(screen) != blank  # already before the pen was lifted
    drawn = losses(screen)
    target = code.bounding_box()
    assert target is not None
    screen.mouse.click(target["x"] + 8, target["y"] + 8)
    screen.wait_for_timeout(300)
    dragged = losses(screen)
    assert dragged[0] == drawn[0] and dragged[1][0] > drawn[1][0] and dragged[1][2] == drawn[1][2]  # the KL stays
    panel.get_by_role("button", name="z = μ").click()
    screen.wait_for_timeout(300)
    assert losses(screen) == drawn and not asked
    panel.locator("summary", has_text="Loss").click()
    expect(panel.locator("#machine details[open]")).to_contain_text("no KL term")


def test_before_a_training_what_it_learns_from_is_shown(screen: Page):
    panel = open_tab(screen, "Reconstructions", "Train live")
    image = panel.locator("[data-role=examples]")
    screen.wait_for_function("e => e.naturalWidth === 256", arg=image.element_handle())
    faces = data.load("small-faces", "train", n=24).images
    np.testing.assert_array_equal(pixels(image)[:32, 32:64], faces[1])
    expect(panel.locator("[data-role=examples-note]")).to_contain_text("images that it learns from")
    panel.locator("[data-role=recipe]").select_option("drawn")
    expect(image).to_be_hidden()  # nothing is drawn yet


@pytest.mark.slow
def test_a_training_is_watched_by_all_and_steered_by_who_began_it(
    browser: Browser, url: str, monkeypatch: pytest.MonkeyPatch
):
    quick = ("vae", "--dataset", "small-faces", "--latent-dim", "2", "--epochs", "6", "--batch-size", "32")
    monkeypatch.setitem(watching.RECIPES, "faces", ("Faces, 32 × 32 pixels", quick))
    with browser.new_page() as other, browser.new_page() as mine:
        panels = []
        for page in (mine, other):
            page.goto(f"{url}#tab=reconstructions/train-live")
            panels.append(page.locator(".panel.train"))
        mine.get_by_role("button", name="Start", exact=True).click()
        for panel in panels:
            expect(panel.locator("[data-role=state]")).to_contain_text("Training: step", timeout=60_000)
            painted(panel.locator("[data-role=plane]"))
        expect(panels[1].get_by_role("button", name="Stop", exact=True)).to_be_disabled()
        panels[0].locator("[data-role=beta]").fill("6")
        expect(panels[1].locator("[data-role=state]")).to_contain_text("β 4", timeout=30_000)
        mine.get_by_role("button", name="Stop", exact=True).click()
        expect(panels[1].locator("[data-role=state]")).to_contain_text("Stopped: step", timeout=30_000)
        expect(panels[0].get_by_role("button", name="Go on", exact=True)).to_be_enabled()

"""The kernels' tab in Chromium: what the page computes is what `latentdemo.pixels.convolution` computes."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours
from latentdemo.pixels import images
from latentdemo.pixels.convolution import convolve, overlaps, pool, products_at, transposed_convolve
from latentdemo.pixels.kernels import EXAMPLES, KERNELS, TRANSPOSED, Example
from latentdemo.store.resources import Resources
from tests.browser.helpers import open_tab, painted, pixels, save, upload


def cells(table: Locator) -> np.ndarray:
    """What stands in a table, (rows, columns) of text; in one question, for there are hundreds of cells."""
    rows = table.evaluate(
        "e => [...e.rows].map(row => [...row.cells].filter(c => c.tagName === 'TD').map(c => c.innerText))"
    )
    return np.array([row for row in rows if row])


def written(values: np.ndarray) -> np.ndarray:
    return np.array([[number(value) for value in row] for row in values])


def grey_bytes(picture: np.ndarray) -> np.ndarray:
    return images.grey(picture)[:, :, 0].astype(np.float64)


def choose(panel: Locator, role: str, value: str) -> None:
    panel.locator(f"[data-role='{role}']").select_option(value)


def fill(panel: Locator, role: str, value: Any) -> None:
    panel.locator(f"[data-role='{role}']").fill(str(value))


CHOSEN = {"source": "Your image", "colour": "grey", "shown": "automatic", "preset": "Sobel x"}
TYPED = {"padding": 0, "stride": 1, "dilation": 1, "bias": 0}


@pytest.fixture
def bench(used: Page) -> Locator:
    """The bench, set as it is when the page opens."""
    panel = open_tab(used, "Kernels", "Convolution").locator(".bench")
    for role, value in CHOSEN.items():
        choose(panel, role, value)
    for role, value in TYPED.items():
        fill(panel, role, value)
    expect(panel.locator("[data-role=output-note]")).to_contain_text("Output 510 × 510")
    return panel


@pytest.fixture
def opened(screen: Page) -> Locator:
    """The bench as the page opens with it."""
    panel = open_tab(screen, "Kernels", "Convolution").locator(".bench")
    painted(panel.locator("[data-role=output]"))
    return panel


def test_the_bench_opens_as_it_is_set_here(opened: Locator):
    for role, value in (CHOSEN | TYPED).items():
        expect(opened.locator(f"[data-role='{role}']")).to_have_value(str(value))
    expect(opened.locator("[data-role=output-note]")).to_contain_text("Output 510 × 510")


@pytest.fixture(scope="module")
def default(resources: Resources) -> np.ndarray:
    return next(iter(resources.samples().values())).picture


def test_the_loupe_shows_the_pixels(used: Page, default: np.ndarray):
    panel = open_tab(used, "Kernels", "Pixels")
    canvas = panel.locator("canvas")
    painted(canvas)
    box = canvas.bounding_box()
    assert box is not None
    canvas.hover(position={"x": box["width"] * 0.4, "y": box["height"] * 0.3})
    row, column = (
        int(n) for n in re.findall(r"Row (\d+), column (\d+)", panel.locator("[data-role=place]").inner_text())[0]
    )
    assert abs(row - 0.3 * 512) < 3 and abs(column - 0.4 * 512) < 3
    table = panel.locator("[data-role=grid] table")
    wide = (cells(table).shape[1] - 1) // 2
    patch = np.s_[row - 4 : row + 5, column - wide : column + wide + 1]
    np.testing.assert_array_equal(cells(table), written(grey_bytes(default)[patch]))
    for channel, index in (("red", 0), ("blue", 2)):
        choose(panel, "channel", channel)
        np.testing.assert_array_equal(cells(table), written(default[..., index][patch]))
    choose(panel, "scale", "−1 … 1")
    wide = (cells(table).shape[1] - 1) // 2  # wider cells, fewer of them
    patch = np.s_[row - 4 : row + 5, column - wide : column + wide + 1]
    oracle = default[..., 2][patch] / 255 * 2 - 1
    np.testing.assert_allclose(np.char.replace(cells(table), "−", "-").astype(float), oracle, atol=5.1e-4)
    expect(panel.locator("[data-role=shape]")).to_contain_text(
        "Shape (3, 512, 512) = channels × height × width, as in PyTorch; dtype float32"
    )
    expect(panel.locator("[data-role=shape]")).to_contain_text("786,432 numbers, 3,145,728 bytes")
    canvas.press("ArrowDown")
    expect(panel.locator("[data-role=place]")).to_contain_text(f"Row {row + 1}, column {column}")
    size = table.locator("td").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 13


def test_what_is_shown_under_the_pointer_is_the_convolution(bench: Locator, default: np.ndarray):
    for preset in ("Sobel x", "Blur", "Blur 5 × 5", "Emboss"):
        check_under_the_pointer(bench, default, preset)


def check_under_the_pointer(bench: Locator, default: np.ndarray, preset: str) -> None:
    choose(bench, "preset", preset)
    kernel, grey = KERNELS[preset].array, grey_bytes(default)
    values = convolve(grey, kernel)
    canvas = bench.locator("[data-role=output]")
    box = canvas.bounding_box()
    assert box is not None
    for right, down in ((0.31, 0.42), (0.01, 0.01), (0.7, 0.63)):
        canvas.hover(position={"x": box["width"] * right, "y": box["height"] * down})
        place = bench.locator("[data-role=place]").inner_text()
        row, column = (int(n) for n in re.findall(r"Row (\d+), column (\d+)", place)[0])
        height, width = values.shape
        assert abs(row - down * height) <= 1 and abs(column - right * width) <= 1
        found = products_at(grey, kernel, row, column)
        patch, shown, products = (cells(table) for table in bench.locator("[data-role=sum] table").all())
        np.testing.assert_array_equal(patch, written(found.patch))
        np.testing.assert_array_equal(shown, written(kernel))
        np.testing.assert_array_equal(products, written(found.products))
        assert bench.locator("[data-role=total]").inner_text() == f"Sum of the products: {number(found.total)}."
        assert found.total == pytest.approx(float(values[row, column]), rel=1e-5, abs=1e-3)
    low, high = number(values.min()), number(values.max())
    assert bench.locator("[data-role=output-note]").inner_text().endswith(f"[{low}, {high}]")


def test_the_whole_result_is_on_the_canvas(bench: Locator, default: np.ndarray):
    values = convolve(grey_bytes(default), KERNELS["Sobel x"].array)
    oracle = signed_colours(values)
    assert np.abs(pixels(bench.locator("[data-role=output]")).astype(int) - oracle).max() <= 2
    choose(bench, "preset", "Box blur")
    choose(bench, "colour", "each colour")
    choose(bench, "shown", "as an image")
    oracle = images.to_uint8(convolve(images.to_float(default), KERNELS["Box blur"].array))
    assert np.abs(pixels(bench.locator("[data-role=output]")).astype(int) - oracle).max() <= 1


def test_every_setting_changes_size_and_arithmetic(bench: Locator, default: np.ndarray):
    for role, value in (("stride", 3), ("padding", 2), ("dilation", 2), ("bias", "-7.5")):
        fill(bench, role, value)
    choose(bench, "outside", "the image mirrored")
    values = convolve(grey_bytes(default), KERNELS["Sobel x"].array, 3, 2, 2, "reflect") - 7.5
    note = bench.locator("[data-role=output-note]").inner_text()
    assert note == f"Output 171 × 171, [{number(values.min())}, {number(values.max())}]"
    assert values.shape == (171, 171)
    expect(bench.locator("[data-role=formula]")).to_contain_text(
        "⌊(512 + 2·2 − 2·(3 − 1) − 1) / 3⌋ + 1 = 171, in pixels"
    )
    canvas = bench.locator("[data-role=output]")
    canvas.hover(position={"x": 1, "y": 1})
    assert "hatched: padding" in bench.locator("[data-role=place]").inner_text()
    total = bench.locator("[data-role=total]").inner_text()
    assert total.endswith(f"with the bias: {number(float(values[0, 0]))}.")
    assert bench.locator("[data-role=sum] td.padding").count() == 5
    fill(bench, "stride", 0)
    expect(bench.locator("[data-role=problem]")).to_contain_text("whole number of 1 … 64")
    fill(bench, "stride", 1)
    expect(bench.locator("[data-role=problem]")).to_be_hidden()


def test_no_padding_and_a_width_of_nothing_go_together(bench: Locator):
    size = bench.locator("[data-role=output-note]")
    expect(bench.locator("[data-role=outside]")).to_have_value("none")
    choose(bench, "outside", "the border repeated")
    expect(bench.locator("[data-role=padding]")).to_have_value("1")
    expect(size).to_contain_text("Output 512 × 512")
    choose(bench, "outside", "none")
    expect(size).to_contain_text("Output 510 × 510")
    fill(bench, "padding", 2)
    expect(bench.locator("[data-role=outside]")).to_have_value("zeros")


def test_a_matrix_is_typed_pasted_flipped_and_normalised(bench: Locator, default: np.ndarray):
    first = bench.locator("[data-role=cells] input").first
    first.fill("7")
    expect(bench.locator("[data-role=preset]")).to_have_value("your own")
    first.fill("x")
    expect(bench.locator("[data-role=problem]")).to_contain_text("does not hold a number")
    first.evaluate("""e => { const data = new DataTransfer(); data.setData("text", "1 2; 3 4");
                             const options = {clipboardData: data, bubbles: true, cancelable: true};
                             e.dispatchEvent(new ClipboardEvent("paste", options)); }""")
    expect(bench.locator("[data-role=cells] input")).to_have_count(4)
    expect(bench.locator("[data-role=output-note]")).to_contain_text("Output 511 × 511")
    bench.get_by_role("button", name="Flip").click()
    assert [box.input_value() for box in bench.locator("[data-role=cells] input").all()] == ["4", "3", "2", "1"]
    bench.get_by_role("button", name="Normalise").click()
    expect(bench.locator("[data-role=divisor]")).to_have_value("10")
    values = convolve(grey_bytes(default), np.array([[4, 3], [2, 1]]) / 10)
    expect(bench.locator("[data-role=output-note]")).to_contain_text(f"[{number(values.min())}, ")
    choose(bench, "size", "7")
    expect(bench.locator("[data-role=cells] input")).to_have_count(49)
    fill(bench, "divisor", 0)
    expect(bench.locator("[data-role=problem]")).to_contain_text("divisor is 0")


@pytest.mark.parametrize(
    ("source", "colour"), [("Your image", "grey"), ("Your image", "each colour"), ("Small grid", "")]
)
def test_the_code_that_is_shown_makes_the_numbers_that_are_shown(
    bench: Locator, default: np.ndarray, source: str, colour: str, tmp_path: Path
):
    choose(bench, "source", source)
    if colour:
        choose(bench, "colour", colour)
    choose(bench, "preset", "Blur")
    for role, value in (("stride", 2), ("padding", 2), ("bias", "0.25"), ("dilation", 2)):
        fill(bench, role, value)
    choose(bench, "outside", "the image mirrored")
    picture = save(tmp_path / "image.png", default)
    program = bench.locator("[data-role=code]").text_content() or ""
    names: dict[str, Any] = {}
    exec(program.replace("image.png", str(picture)), names)
    out = names["out"].numpy()
    size = f"{out.shape[2]} × {out.shape[1]}"
    expect(bench.locator("[data-role=output-note]")).to_have_text(
        f"Output {size}, [{number(out.min())}, {number(out.max())}]"
    )


def test_arrow_keys_and_play_walk_over_the_output(bench: Locator):
    canvas, place = bench.locator("[data-role=output]"), bench.locator("[data-role=place]")
    canvas.hover(position={"x": 100, "y": 100})
    row, column = (int(n) for n in re.findall(r"\d+", place.inner_text())[:2])
    canvas.press("ArrowRight")
    expect(place).to_contain_text(f"Row {row}, column {column + 1}")
    canvas.press("ArrowUp")
    expect(place).to_contain_text(f"Row {row - 1}, column {column + 1}")
    bench.get_by_role("button", name="Play").click()
    expect(place).not_to_contain_text(f"Row {row - 1}, column {column + 1} ")
    bench.get_by_role("button", name="Pause").click()


def test_every_worked_example_is_one_click_away(bench: Locator):
    choose(bench, "source", "Small grid")
    for example in EXAMPLES:
        check_example(bench, example)


def check_example(bench: Locator, example: Example) -> None:
    choose(bench, "example", example.name)
    image, kernel = np.array(example.image, float), np.array(example.kernel, float)
    values = convolve(image, kernel, example.stride, example.padding)
    np.testing.assert_array_equal(cells(bench.locator("[data-role=output-sheet] table")), written(values))
    first = products_at(image, kernel, 0, 0, example.stride, example.padding)
    expect(bench.locator("[data-role=total]")).to_have_text(f"Sum of the products: {number(first.total)}.")
    assert bench.locator("[data-role=input-sheet] td.under").count() == kernel.size
    assert bench.locator("[data-role=input-sheet] td.padding.under").count() == int((~first.inside).sum())
    expect(bench.locator("[data-role=meaning]")).to_have_text(example.meaning)


def test_a_small_grid_is_edited_and_hovered(bench: Locator):
    choose(bench, "source", "Small grid")
    choose(bench, "example", "5 × 5 of zeros and ones")
    bench.locator("[data-role=input-sheet] input").first.fill("9")
    assert cells(bench.locator("[data-role=output-sheet] table"))[0, 0] == "12"
    bench.locator("[data-role=output-sheet] td").nth(4).hover()
    expect(bench.locator("[data-role=place]")).to_contain_text("Row 1, column 1 of the output")
    fill(bench, "padding", 1)
    assert bench.locator("[data-role=input-sheet] td.padding").count() == 49 - 25
    fill(bench, "padding", 9)
    expect(bench.locator("[data-role=problem]")).to_contain_text("at most 3")


def test_the_frames_stand_where_the_kernel_lies(bench: Locator):
    for role, value in (("stride", 2), ("padding", 3), ("dilation", 4)):
        fill(bench, role, value)
    canvas = bench.locator("[data-role=output]")
    box = canvas.bounding_box()
    assert box is not None
    canvas.hover(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    row, column = (int(n) for n in re.findall(r"\d+", bench.locator("[data-role=place]").inner_text())[:2])
    style = bench.locator("[data-role=field]").evaluate(
        "e => [e.style.top, e.style.left, e.style.width, e.style.height]"
    )
    top, left, width, height = (float(text.rstrip("%")) * 5.12 for text in style)
    assert (top, left) == pytest.approx((row * 2 - 3, column * 2 - 3), abs=0.01)
    assert (width, height) == pytest.approx((9, 9), abs=0.01)


def test_words_about_the_kernel_are_true_of_it(bench: Locator):
    kind = bench.locator("[data-role=kind]")
    expect(kind).to_contain_text("cross-correlation")
    bench.get_by_role("button", name="Flip").click()
    expect(kind).to_contain_text("true convolution with Sobel x")
    expect(bench.locator("[data-role=meaning]")).to_contain_text("Sobel x, turned by 180°")
    choose(bench, "preset", "Blur")
    expect(kind).to_contain_text("correlation and convolution agree")
    expect(bench.locator("[data-role=range]")).to_contain_text("No value is negative")
    choose(bench, "preset", "Emboss")
    fill(bench, "divisor", 4)  # no preset any more
    expect(kind).to_contain_text("The result is the cross-correlation with this kernel")
    flip = bench.get_by_role("button", name="Flip")
    for before in ("true convolution with the kernel before Flip", "cross-correlation with this kernel"):
        flip.click()
        expect(kind).to_contain_text(before)
    flip.click()
    bench.locator("[data-role=cells] input").first.fill("7")  # another kernel, which was never flipped
    expect(kind).to_contain_text("cross-correlation with this kernel")
    flip.click()
    expect(kind).to_contain_text("true convolution with the kernel before Flip")


def test_the_picture_is_drawn_as_the_choice_says(bench: Locator, default: np.ndarray):
    choose(bench, "preset", "Blur")
    values = convolve(grey_bytes(default), KERNELS["Blur"].array)
    canvas = bench.locator("[data-role=output]")
    grey = np.repeat(np.round(values).astype(np.uint8)[:, :, None], 3, 2)
    for shown, oracle in (("in signed colours", signed_colours(values)), ("automatic", grey), ("as an image", grey)):
        choose(bench, "shown", shown)
        assert np.abs(pixels(canvas)[..., :3].astype(int) - oracle).max() <= 2
        text = "Signed scale" if shown == "in signed colours" else "Black is 0, white 255"
        expect(bench.locator("[data-role=range]")).to_contain_text(text)


def test_with_each_colour_table_and_signed_picture_are_of_one_channel(bench: Locator, default: np.ndarray):
    choose(bench, "colour", "each colour")
    for c, channel in enumerate(("red", "green", "blue")):
        choose(bench, "channel", channel)
        values = convolve(default[:, :, c].astype(float), KERNELS["Sobel x"].array)
        bench.locator("[data-role=output]").hover(position={"x": 90, "y": 70})
        at = bench.locator("[data-role=place]").inner_text()
        row, column = (int(n) for n in re.findall(r"Row (\d+), column (\d+)", at)[0])
        tables = bench.locator("[data-role=sum] table")
        patch = default[row : row + 3, column : column + 3, c].astype(float)
        np.testing.assert_array_equal(cells(tables.nth(0)), written(patch))
        expect(tables.nth(0).locator("caption")).to_have_text(f"image, {channel}")
        expect(bench.locator("[data-role=total]")).to_have_text(f"Sum of the products: {number(values[row, column])}.")
        drawn = pixels(bench.locator("[data-role=output]"))[..., :3].astype(int)
        assert np.abs(drawn - signed_colours(values)).max() <= 2
        expect(bench.locator("[data-role=range]")).to_contain_text(f"Signed scale of the {channel} channel")


def test_a_grey_image_and_a_grid_offer_no_colours(opened: Locator, screen: Page, tmp_path: Path):
    upload(screen, save(tmp_path / "grey.png", np.tile(np.arange(60, dtype=np.uint8), (40, 1))))
    expect(opened.locator("[data-role=output-note]")).to_contain_text("Output 58 × 38")
    assert opened.locator("[data-role=colour] option").all_inner_texts() == ["grey"]
    choose(opened, "source", "Small grid")
    for role in ("colour", "channel", "unit", "shown"):
        expect(opened.locator(f"[data-role={role}]")).to_be_hidden()


def test_an_examples_sentence_goes_when_its_settings_do(bench: Locator):
    choose(bench, "source", "Small grid")
    choose(bench, "example", "5 × 5, padded by one")
    meaning = bench.locator("[data-role=meaning]")
    expect(meaning).to_contain_text("the output keeps the size")
    fill(bench, "padding", 0)
    expect(meaning).to_have_text("Changed. A matrix of your own.")
    fill(bench, "padding", 1)
    expect(meaning).to_contain_text("the output keeps the size")
    choose(bench, "source", "Your image")
    expect(meaning).to_have_text("A matrix of your own.")


def test_a_reduced_upload_says_both_sizes(opened: Locator, screen: Page, tmp_path: Path):
    upload(screen, save(tmp_path / "large.png", np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)))
    expect(opened.locator("[data-role=input-note]")).to_have_text("Input 640 × 498, reduced from 900 × 700")


def test_shares_beyond_black_and_white_are_counted(bench: Locator, default: np.ndarray):
    choose(bench, "preset", "Sharpen")
    choose(bench, "shown", "as an image")
    values = convolve(grey_bytes(default), KERNELS["Sharpen"].array)
    below, above = (round(100 * float(part.mean())) for part in (values < 0, values > 255))
    expect(bench.locator("[data-role=range]")).to_contain_text(
        f"Black is 0, white 255; {below} % of the values lie below and are black, {above} % above and are white."
    )


def test_growing_and_shrinking_keeps_the_middle(bench: Locator):
    choose(bench, "preset", "Emboss")
    for size in ("1", "2", "3", "4", "5", "6", "7", "3"):
        choose(bench, "size", size)
    cells_now = [box.input_value() for box in bench.locator("[data-role=cells] input").all()]
    assert cells_now == ["0"] * 4 + ["1"] + ["0"] * 4


def test_an_image_smaller_than_the_kernel_shows_no_old_result(opened: Locator, screen: Page, tmp_path: Path):
    upload(screen, save(tmp_path / "tiny.png", np.full((2, 3, 3), 90, np.uint8)))
    expect(opened.locator("[data-role=input-note]")).to_have_text("Input 3 × 2")
    expect(opened.locator("[data-role=problem]")).to_contain_text("Add padding, or choose a smaller kernel.")
    assert (
        opened.locator("[data-role=total]").inner_text() == ""
        and pixels(opened.locator("[data-role=output]")).max() == 0
    )
    opened.locator("[data-role=output]").hover()
    fill(opened, "padding", 1)
    expect(opened.locator("[data-role=output-note]")).to_contain_text("Output 3 × 2")


@pytest.mark.slow
def test_the_camera_is_convolved_live(opened: Locator, screen: Page):
    choose(opened, "source", "Webcam")
    note = opened.locator("[data-role=input-note]")
    expect(note).to_contain_text(re.compile(r"Input 320 × 240, \d+ pictures/s"))
    screen.wait_for_timeout(1500)
    rate = int(re.findall(r"(\d+) pictures/s", note.inner_text() or "")[0])
    assert rate >= 10
    choose(opened, "source", "Your image")
    expect(note).to_have_text("Input 512 × 512")
    choose(opened, "source", "Webcam")
    expect(note).to_contain_text("pictures/s")
    fill(opened, "stride", 0)  # a mistake must not make the caption grow with every picture
    screen.wait_for_timeout(500)
    assert note.inner_text().count("pictures/s") <= 1
    open_tab(screen, "Kernels", "Stacking")
    screen.wait_for_timeout(300)
    back = open_tab(screen, "Kernels", "Convolution")
    expect(back.locator("[data-role=problem]")).to_contain_text("switched off")


def test_a_chain_of_kernels_relu_and_pooling(used: Page, default: np.ndarray):
    panel = open_tab(used, "Kernels", "Stacking")
    captions = panel.locator("figcaption")
    expect(captions).to_have_count(5)
    grey = grey_bytes(default) / 255
    first = convolve(grey, KERNELS["Blur across"].array, padding=1, outside="replicate")
    second = convolve(first, KERNELS["Difference down"].array, padding=1, outside="replicate")
    stages = [grey, first, second, np.maximum(second, 0), pool(np.maximum(second, 0), 4, "max")]
    for caption, values in zip(captions.all_inner_texts(), stages, strict=True):
        ends = f"{values.shape[1]} × {values.shape[0]}, [{number(values.min())}, {number(values.max())}]"
        assert caption.endswith(ends)
    expect(panel.locator("[data-role=separable]")).to_contain_text("It is separable")
    choose(panel, "first", "Emboss")
    expect(panel.locator("[data-role=separable]")).to_contain_text("It is not separable")
    choose(panel, "second", "nothing")
    choose(panel, "relu", "off")
    choose(panel, "pooling", "none")
    expect(captions).to_have_count(2)


def test_one_filter_over_three_colours_is_the_sum_of_three(used: Page, default: np.ndarray):
    panel = open_tab(used, "Kernels", "Channels")
    choose(panel, "filter", "where red turns into blue")
    fill(panel, "bias", "0.5")
    planes, sobel = images.to_float(default), KERNELS["Sobel x"].array
    parts = [factor * convolve(planes[..., c], sobel, padding=1, outside="replicate")
             for c, factor in enumerate((-1, 0, 1))]  # fmt: skip
    total = sum(parts) + np.float32(0.5)
    spread = [f"[{number(part.min())}, {number(part.max())}]" for part in (*parts, total)]
    texts = panel.locator("figcaption").all_inner_texts()[1:]
    for text, ends in zip(texts, spread, strict=True):
        assert text.endswith(ends)
    expect(panel.locator("[data-role=note]")).to_contain_text("3·3 + 3·3 + 3·3 = 27 numbers")
    fill(panel, "factor1", "x")
    expect(panel.locator("[data-role=problem]")).to_be_visible()


def test_shifting_the_image_shifts_the_output(used: Page):
    panel = open_tab(used, "Kernels", "Translation equivariance")
    note = panel.locator("[data-role=note]")
    expect(note).to_contain_text("Largest difference inside: 0;")
    expect(note).to_contain_text("At the border, zeros have come in")
    choose(panel, "stride", "4")
    expect(note).to_contain_text("Largest difference inside: 0;")  # 12 and 4 are multiples of 4
    panel.locator("[data-role=right]").press("ArrowRight")
    expect(note).to_contain_text("no multiple of the stride 4")
    expect(note).not_to_contain_text("inside: 0;")


def test_every_transposed_example(used: Page):
    panel = open_tab(used, "Kernels", "Transposed convolution")
    for example in TRANSPOSED:
        check_transposed(panel, example)


def check_transposed(panel: Locator, example: Example) -> None:
    choose(panel, "example", example.name)
    image, kernel = np.array(example.image), np.array(example.kernel)
    oracle = transposed_convolve(image, kernel, example.stride)
    np.testing.assert_array_equal(cells(panel.locator("[data-role=output] table")), written(oracle))
    counts = overlaps(len(image), len(kernel), example.stride)
    np.testing.assert_array_equal(cells(panel.locator("[data-role=overlap] table")), written(counts))
    copies = panel.locator("[data-role=copies] table")
    many = image.size * oracle.size > 900  # they would fill several screens
    assert copies.count() == (0 if many else image.size)
    shown = sum(np.where(cells(table) == "", "0", cells(table)).astype(float) for table in copies.all())
    assert many or np.array_equal(shown, oracle)
    note = panel.locator("[data-role=note]")
    uneven = "kernel 3" in example.name
    expect(note).to_contain_text("gives a checkerboard" if uneven else "Away from the border")
    if not uneven:
        expect(note).not_to_contain_text("gives a checkerboard")


def test_transposed_grids_are_edited(used: Page):
    panel = open_tab(used, "Kernels", "Transposed convolution")
    choose(panel, "example", TRANSPOSED[0].name)
    panel.locator("[data-role=input] input").nth(0).fill("1")
    assert cells(panel.locator("[data-role=output] table")).tolist() == [
        ["0", "1", "1"],
        ["2", "7", "6"],
        ["4", "12", "9"],
    ]
    panel.locator("[data-role=input] td").nth(3).hover()
    expect(panel.locator("[data-role=copy]")).to_contain_text("row 1, column 1 is 3")
    fill(panel, "padding", 2)
    expect(panel.locator("[data-role=problem]")).to_contain_text("cuts off the whole result")


def test_a_dense_layer_counts_its_connections(screen: Page, tmp_path: Path):
    upload(screen, save(tmp_path / "small.png", np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)))
    panel = open_tab(screen, "Kernels", "Convolutional or dense")
    table = panel.locator("[data-role=counts]")
    expect(table.locator("caption")).to_contain_text("3 × 20 × 30 numbers (channels × height × width)")
    inside = np.pad(np.ones((20, 30)), 1)
    pairs = sum(inside[a : a + 20, b : b + 30].sum() for a in range(3) for b in range(3))  # pixel, neighbour within
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tr").all()][1:]
    assert rows[0] == ["1,800", "1,800"]
    assert rows[2] == ["3.24 million", f"{int(pairs) * 9:,}"] and rows[3] == ["3.24 million", "81"]
    assert rows[4] == ["13 MB", "324 B"]


def test_what_one_unit_reaches_is_bright(used: Page, default: np.ndarray):
    panel = open_tab(used, "Kernels", "Convolutional or dense")
    canvas = panel.locator("[data-role=local]")
    painted(canvas)
    bright = np.abs(pixels(canvas).astype(int) - default).max(axis=2) == 0
    dark = (default.max(axis=2) > 40) & ~bright
    rows, columns = np.where(bright & (default.max(axis=2) > 40))
    inside = (np.abs(rows - 256) <= 6) & (np.abs(columns - 256) <= 6)
    assert inside.all() and len(rows) == 13 * 13 and dark.sum() > 1000  # six convolutions of 3 × 3
    panel.locator("[data-role=depth]").press("Home")
    expect(panel.locator("[data-role=local-note]")).to_contain_text("first convolution sees 3 × 3 pixels")


def test_the_digit_on_screen_is_moved_as_the_sliders_say(screen: Page, resources: Resources):
    panel = open_tab(screen, "Kernels", "Convolutional or dense")
    canvas = panel.locator("[data-role=digit]")
    painted(canvas)
    for role, times in (("right", 3), ("down", 1)):
        for _ in range(times):
            panel.locator(f"[data-role={role}]").press("ArrowRight")
    digit = resources.samples()["Digit 7"].picture
    oracle = np.pad(digit[:27, :25, 0], ((1, 0), (3, 0)))
    np.testing.assert_array_equal(pixels(canvas)[..., 0], oracle)


@pytest.mark.slow
def test_a_moved_digit_is_guessed_by_two_networks(used: Page):
    panel = open_tab(used, "Kernels", "Convolutional or dense")
    guesses, note = panel.locator("[data-role=guesses]"), panel.locator("[data-role=note]")
    expect(guesses).to_contain_text("dense network: 7")
    expect(note).to_contain_text("all moved 0 px to the right (and not down), the dense network has 98.0 % right")
    for _ in range(6):
        panel.locator("[data-role=right]").press("ArrowRight")
    expect(note).to_contain_text("all moved 6 px")
    expect(guesses).to_contain_text("convolutional network: 7")
    expect(guesses).not_to_contain_text("dense network: 7,")

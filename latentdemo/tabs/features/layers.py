"""Every layer's maps, and behind each map: its kernel, the patch that excites it, its receptive fields."""

from typing import Any, NamedTuple

import gradio as gr
import numpy as np
from numpy import ndarray as Array
from torch import Tensor, nn

from latentdemo.classifiers import receptive_fields, tracing
from latentdemo.classifiers.pretrained import Network
from latentdemo.drawing.markup import html
from latentdemo.drawing.numerals import number
from latentdemo.drawing.palette import signed_colours, unsigned_colours
from latentdemo.drawing.pictures import kernel_picture, outlined, thumbnail
from latentdemo.drawing.tiles import Tile, sentence, tile_grid
from latentdemo.pixels import images
from latentdemo.pixels.tensors import as_images
from latentdemo.tabs.asked import picked
from latentdemo.tabs.features.chosen import OPENING, NetworkPage, enlarged, layer_title, network_of
from latentdemo.tabs.handlers import listener, refusing
from latentdemo.widgets import Page, pickable, remember

TITLE = "Feature maps"
AFTER, BEFORE = "after ReLU", "before ReLU (signed)"
STRONGEST, BY_INDEX = "strongest first", "by index"
THUMBNAIL = 96  # pixels
N_SLICES = 16
AT_ONCE = 2  # visitors: one for each core of a small machine
REMEMBERED = 48  # answers of about a megabyte
LARGE_MAP = 20  # values a side; in smaller maps an outline would hide the value


class View(NamedTuple):
    """What is looked at, as it comes from the page; `layer` and `channel` may belong to another network."""

    name: str
    weights: str
    values: str
    order: str
    layer: int
    channel: int | None


@remember(REMEMBERED)
def show(page: Page, path: str | None, *view: Any) -> tuple[str, str, str, int, int | None]:
    """The strip of all layers, one layer's maps, one map in detail; and the layer and channel that were shown."""
    seen = View(*view)
    network = network_of(page, seen.name, seen.weights)
    index = min(max(0, seen.layer), len(network.layers) - 1)
    x = enlarged(network, page.picture(path))
    outputs = tracing.activations(network.traced, x, [layer.name for layer in network.layers])
    strip = strip_html(network, outputs, index)
    node = _node(network, seen, index)
    maps = outputs[node][0].numpy() if node in outputs else feature_maps(network, x, node)
    order = _order(maps, seen.order)
    channel = int(order[0]) if seen.channel is None or not 0 <= seen.channel < len(maps) else seen.channel
    detail = detail_html(network, x, maps, seen._replace(layer=index, channel=channel))
    return strip, maps_html(network, maps, seen._replace(layer=index), order, channel), detail, index, channel


def pick_layer(page: Page, event: gr.EventData, path: str | None, *view: Any) -> tuple[Any, ...]:
    """The layer that was clicked in the strip, its strongest map in detail."""
    return show(page, path, *View(*view)._replace(layer=picked(event), channel=None))


def pick_map(page: Page, event: gr.EventData, path: str | None, *view: Any) -> tuple[Any, ...]:
    """The map that was clicked, in detail."""
    return show(page, path, *View(*view)._replace(channel=picked(event)))


def _node(network: Network, seen: View, index: int) -> str:
    layer = network.layers[index]
    return layer.before if seen.values == BEFORE else layer.name


def _order(maps: Array, order: str) -> Array:
    """Channels in the order in which they are shown."""
    return np.argsort(-maps.max(axis=(1, 2)), kind="stable") if order == STRONGEST else np.arange(len(maps))


def feature_maps(network: Network, x: Tensor, node: str) -> Array:
    """(1, C, H, W) in [0, 1] -> (n, H', W') float32 maps of one node."""
    return tracing.activations(network.traced, x, [node])[node][0].numpy()


def coloured(values: Array) -> Array:
    """A map in colours: on the signed scale if it has negative values, else from its minimum to its maximum."""
    return signed_colours(values) if values.min() < 0 else unsigned_colours(values)


def scale_of(maps: Array) -> str:
    """How `coloured` draws each of (n, H, W) maps, in words."""
    negative = maps.min(axis=(1, 2)) < 0
    signed = "blue below zero, white at zero, orange above, full at each map's own largest magnitude"
    unsigned = "each from its own minimum (dark) to its own maximum (bright)"
    if negative.all():
        return signed
    return f"maps with negative values {signed}; others {unsigned}" if negative.any() else unsigned


def strip_html(network: Network, outputs: dict[str, Tensor], chosen: int) -> str:
    """Every layer's strongest map, with the layer's size: how images get smaller and channels more."""
    items = []
    for index, layer in enumerate(network.layers):
        maps = outputs[layer.name][0]
        strongest = maps[int(maps.amax(dim=(1, 2)).argmax())].numpy()
        size = f"{len(maps)} × {maps.shape[1]} × {maps.shape[2]}"
        items.append(
            Tile(thumbnail(coloured(strongest), THUMBNAIL), f"{index + 1}. {layer_title(network, index)}: {size}")
        )
    note = (
        "Every layer, shown by its strongest feature map; below it channels × height × width. The image is resized so "
        "that its longer side is 224 pixels."
    )
    return sentence(note) + tile_grid(items, max(9, len(items)) if len(items) <= 12 else 10, "strips pick", chosen)


def maps_html(network: Network, maps: Array, seen: View, order: Array, channel: int) -> str:
    """All maps of a layer with their ranges."""
    items = [
        Tile(thumbnail(coloured(maps[i]), THUMBNAIL),
             f"{i}: [{number(maps[i].min())}, {number(maps[i].max())}]") for i in order
    ]  # fmt: skip
    scale = scale_of(maps)
    layer = network.layers[seen.layer]
    same = " It has no ReLU: before and after are the same." if layer.before == layer.name else ""
    note = (
        f"Layer {seen.layer + 1}, {layer_title(network, seen.layer)}: {len(maps)} feature maps of "
        f"{maps.shape[2]} × {maps.shape[1]} (width × height), named channel: [min, max]; {scale}.{same}"
    )
    grid = tile_grid(items, 6, "maps pick", channel, [int(i) for i in order])
    return sentence(note) + html('<div class="scroll">{}</div>', grid)


def detail_html(network: Network, x: Tensor, maps: Array, seen: View) -> str:
    """One map: where it is strongest, what it sees there, how far it can see, and its kernel."""
    layer, channel = network.layers[seen.layer], seen.channel or 0
    row, column = (int(i) for i in np.unravel_index(maps[channel].argmax(), maps[channel].shape))
    node = _node(network, seen, seen.layer)
    field = receptive_fields.receptive_field(network.traced, node)
    box = field.box(row, column)
    picture = images.rgb(as_images(x.clone())[0])
    gradient = receptive_fields.effective_field(network.traced, x, node, channel, row, column)
    side = receptive_fields.central_side(gradient, box)
    if maps[channel].max() <= maps[channel].min():
        return sentence(f"Channel {channel} has the same value everywhere.")
    inside = np.s_[max(0, box[0]) : max(1, box[2]), max(0, box[1]) : max(1, box[3])]
    sees = "sees" if field.size <= max(picture.shape[:2]) else "would see"
    where = (row, column, row + 1, column + 1)
    size = f"{picture.shape[1]} × {picture.shape[0]}"
    drawn = coloured(maps[channel])
    items = [
        Tile(
            outlined(picture, box),
            f"It {sees} {field.size} × {field.size} pixels; the picture has {size} (width × height).",
        ),
        Tile(
            outlined(drawn, where) if min(drawn.shape[:2]) >= LARGE_MAP else drawn,
            f"Channel {channel}, strongest at row {row}, column {column}: {number(maps[channel].max())}.",
        ),
        Tile(picture[inside], "The patch of your image that excites it most."),
        Tile(
            unsigned_colours(np.sqrt(gradient[inside])),
            f"How far each pixel of the patch moves that value, drawn as √|gradient|; 95 % of |gradient| lie within "
            f"{side} × {side}.",
        ),
    ]
    return tile_grid(items, 2, "large detail") + kernel_html(network, layer, channel)


def kernel_html(network: Network, layer: tracing.Layer, channel: int) -> str:
    """The kernel that made a map: in colour if it reads the image, else its strongest slices."""
    weights = tracing.kernels(network.model, layer)
    if weights is None:
        module = network.model.get_submodule(layer.module) if layer.module else None
        what = "mean of each block" if isinstance(module, nn.AvgPool2d) else "largest value of each block"
        what = what if layer.kind == "pooling" else "sum of two paths"
        return sentence(f"No kernel: it is the {what}.")
    kernel = weights[channel]
    limit = float(np.abs(kernel).max()) or 1.0
    size = f"{kernel.shape[0]} × {kernel.shape[1]} × {kernel.shape[2]} = {kernel.size:,} numbers"
    if kernel.shape[0] == 3:
        names = ("red", "green", "blue")
        items = [Tile(kernel_picture(kernel), "all three")]
        items += [Tile(signed_colours(part, limit), name) for part, name in zip(kernel, names, strict=True)]
        return sentence(f"Its kernel, {size}, full at ±{number(limit)}:") + tile_grid(items, 4, "kernels")
    if kernel.shape[0] == 1:
        return sentence(f"Its kernel, {size}, full at ±{number(limit)}:") + tile_grid(
            [Tile(signed_colours(kernel[0], limit), "of the grey image")], 3, "kernels"
        )
    strongest = np.argsort(-np.square(kernel).sum(axis=(1, 2)), kind="stable")[:N_SLICES]
    items = [Tile(signed_colours(kernel[i], limit), f"{i}") for i in strongest]
    note = f"Its kernel, {size}: the {len(items)} slices of largest norm, by input channel, full at ±{number(limit)}."
    return sentence(note) + tile_grid(items, 8, "kernels")


def build(page: NetworkPage, due: gr.Textbox) -> None:
    """The strip above, maps left, detail right."""
    layer, channel = gr.State(0), gr.State(None)
    strip = pickable(OPENING, "layer-strip")
    with gr.Row():
        values = gr.Radio([AFTER, BEFORE], value=AFTER, show_label=False, container=False, elem_id="map-values")
        order = gr.Radio([STRONGEST, BY_INDEX], value=STRONGEST, show_label=False, container=False, elem_id="map-order")
    with gr.Row():
        with gr.Column(scale=1, min_width=320):
            maps = pickable("", "feature-maps", ("layer-strip",))
        with gr.Column(scale=1, min_width=320):
            detail = gr.HTML(elem_id="map-detail")
    inputs = [page.door, page.network, page.weights, values, order, layer, channel]
    outputs = [strip, maps, detail, layer, channel]
    changes = [values.input, order.input]
    gr.on(
        [due.change, *changes],
        inputs=inputs,
        outputs=outputs,
        **listener(page, refusing(show, ("", "", gr.skip(), gr.skip())), AT_ONCE),
    )
    strip.select(inputs=inputs, outputs=outputs, **listener(page, pick_layer, AT_ONCE))
    maps.select(inputs=inputs, outputs=outputs, **listener(page, pick_map, AT_ONCE))

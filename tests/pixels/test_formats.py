import io
import time

import numpy as np
import pytest
from PIL import Image

from latentdemo.pixels import decoding, images


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    if kind == "HEIF":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def test_every_ending_that_pillow_gives_our_formats_is_known():
    from pillow_heif import register_heif_opener

    register_heif_opener()
    Image.init()
    formats = {*images.FORMATS, *images.ISO_FORMATS, "MPO"}
    ours = {ending for ending, kind in Image.registered_extensions().items() if kind in formats}
    assert ours <= images.ENDINGS and not images.ENDINGS & images.UNREAD_ENDINGS


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_avif_and_heic_are_read(kind: str, mode: str):
    if (kind, mode) == ("AVIF", "L"):
        pytest.skip("Pillow writes grey AVIF as colours")
    picture = Image.new("RGBA", (60, 40), (200, 90, 30, 255)).convert(mode)
    image = images.load(encoded(picture, kind, quality=95))
    assert image.shape[:2] == (40, 60)
    expected = (200, 90, 30) if mode != "L" else (np.array((200, 90, 30)) @ (0.299, 0.587, 0.114),)
    assert np.abs(image.reshape(-1, image.shape[2]).mean(0) - np.array(expected)).max() < 6


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_cameras_orientation_is_applied_once(kind: str):
    exif = Image.Exif()
    exif[decoding.ORIENTATION] = 6
    left_bright = np.zeros((64, 96, 3), np.uint8)
    left_bright[:, :48] = 255
    image = images.load(encoded(Image.fromarray(left_bright), kind, exif=exif.tobytes(), quality=95))
    assert image.shape == (96, 64, 3) and image[:40].mean() > 240 and image[-40:].mean() < 15


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_damaged_and_oversized_files_are_refused(kind: str, monkeypatch: pytest.MonkeyPatch):
    data = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)), kind)
    for broken in (data[: len(data) // 2], data[:40], data[:12]):
        with pytest.raises(ValueError, match=r"damaged or cut off|not a picture"):
            images.load(broken)
    monkeypatch.setattr(decoding, "MAX_PIXELS", 4000)
    with pytest.raises(decoding.TooLarge, match="64 × 64"):
        images.load(data)


def test_a_heic_file_that_hides_its_size_is_refused_at_once():
    data = bytearray(encoded(Image.new("RGB", (2000, 2000)), "HEIF"))
    while (place := data.find((2000).to_bytes(4, "big") * 2)) >= 0:
        data[place : place + 8] = (100).to_bytes(4, "big") * 2
    begun = time.perf_counter()
    with pytest.raises(ValueError, match="damaged"):
        images.load(bytes(data))
    assert time.perf_counter() - begun < 1


def test_avif_waits_for_its_turn_whatever_size_it_tells(monkeypatch: pytest.MonkeyPatch):
    data = encoded(Image.new("RGB", (64, 64)), "AVIF")
    for _ in range(decoding.AT_ONCE):
        decoding._turn.acquire()
    monkeypatch.setattr(decoding, "_decode", lambda picture, side: pytest.fail("decoded without a place"))
    import threading

    waiting = threading.Thread(target=lambda: images.load(data), daemon=True)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    monkeypatch.undo()
    for _ in range(decoding.AT_ONCE):
        decoding._turn.release()
    waiting.join(10)
    assert not waiting.is_alive()


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"), (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"), (b"8BPS\0\1", "Photoshop")],
)
def test_other_formats_are_refused_by_name(head: bytes, name: str):
    with pytest.raises(ValueError, match=f"^{name} files are not read; save the picture as PNG or JPEG"):
        images.load(head + bytes(100))


@pytest.mark.parametrize("mode", ["LA", "P", "1"])
def test_grey_files_with_transparency_or_a_palette_stay_grey_where_asked(mode: str):
    grey = Image.fromarray(np.arange(100, dtype=np.uint8).reshape(10, 10))
    data = encoded(grey.convert(mode) if mode != "P" else grey.convert("RGB").quantize(200), "PNG")
    kept, plain = images.load(data, keep_grey=True), images.load(data)
    assert kept.shape == (10, 10, 1) and plain.shape[2] == (1 if mode == "1" else 3)
    np.testing.assert_array_equal(kept, plain[:, :, :1])
    colour = encoded(
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)).quantize(16), "GIF"
    )
    assert images.load(colour, keep_grey=True).shape == (9, 9, 3)

import numpy as np

from latentdemo.pixels.tensors import as_images, as_tensor


def test_images_survive_the_way_through_tensors():
    images = np.random.default_rng(0).integers(0, 256, (5, 9, 8, 3), np.uint8)
    x = as_tensor(images)
    assert x.shape == (5, 3, 9, 8) and float(x.max()) <= 1
    np.testing.assert_array_equal(as_images(x), images)

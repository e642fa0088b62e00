import numpy as np
import pytest
import torch
from pytorch_msssim import ssim as oracle_ssim
from scipy import stats
from scipy.ndimage import laplace
from sklearn.decomposition import PCA
from sklearn.metrics import mean_squared_error, r2_score

from latentdemo.measuring import metrics


def pair(seed: int, size: int = 32) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(3, 3, size, size, generator=generator)
    return x, (x + 0.1 * torch.randn(x.shape, generator=generator)).clamp(0, 1)


def test_mse_equals_scikit_learn():
    x, x_hat = pair(0)
    oracle = [mean_squared_error(a.flatten(), b.flatten()) for a, b in zip(x, x_hat, strict=True)]
    np.testing.assert_allclose(metrics.mse(x, x_hat), oracle, rtol=1e-5)


@pytest.mark.parametrize("size", [11, 28, 64])
def test_ssim_equals_pytorch_msssim(size: int):
    x, x_hat = pair(size, size)
    oracle = oracle_ssim(x, x_hat, data_range=1, size_average=False)
    torch.testing.assert_close(metrics.ssim(x, x_hat), oracle, atol=1e-5, rtol=0)


def test_ssim_of_equal_images_is_one_and_small_ones_are_refused():
    x, _ = pair(1)
    torch.testing.assert_close(metrics.ssim(x, x), torch.ones(3))
    with pytest.raises(ValueError, match="at least 11"):
        metrics.ssim(x[:, :, :8, :8], x[:, :, :8, :8])


def test_a_constant_column_has_no_variance_to_explain():
    truth = np.array([[1.0, 0], [1, 1], [1, 2]])
    np.testing.assert_allclose(metrics.r_squared(truth, truth + np.array([0.5, 0])), [0, 1])


def test_r_squared_equals_scikit_learn():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(50, 3))
    estimate = truth + rng.normal(size=(50, 3)) * [0.1, 1, 3]
    np.testing.assert_allclose(metrics.r_squared(truth, estimate), r2_score(truth, estimate, multioutput="raw_values"))


def test_active_units_counts_dimensions_that_move():
    codes = np.random.default_rng(0).normal(size=(5000, 3)) * [1, 0.11, 0.09]
    assert metrics.active_units(codes) == 2


def test_psnr_is_minus_ten_times_the_logarithm_of_the_mse():
    rng = np.random.default_rng(2)
    x, y = rng.random((2, 3, 16, 16)).astype(np.float32), rng.random((2, 3, 16, 16)).astype(np.float32)
    oracle = [-10 * np.log10(mean_squared_error(a.ravel(), b.ravel())) for a, b in zip(x, y, strict=True)]
    found = metrics.psnr(torch.from_numpy(x), torch.from_numpy(y))
    assert found.tolist() == pytest.approx(oracle, rel=1e-5)
    assert metrics.psnr(torch.zeros(1, 1, 8, 8), torch.full((1, 1, 8, 8), 0.1)).item() == pytest.approx(20)
    assert metrics.psnr(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 8)).item() == pytest.approx(120)


def test_a_percentile_counts_smaller_values():
    values = np.random.default_rng(3).gamma(2, size=5000)
    table = np.percentile(values, np.arange(101))
    for value in (0.3, 1.0, 2.5, 6.0):
        assert metrics.percentile(table, value) == pytest.approx(100 * (values < value).mean(), abs=0.6)
    assert metrics.percentile(table, -1) == 0 and metrics.percentile(table, values.max() + 1) == 100


def test_cohens_d_is_the_t_statistic_by_another_name():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 2, 30), rng.normal(0, 1, 50)
    t = stats.ttest_ind(a, b)[0]
    assert metrics.cohens_d(a, b) == pytest.approx(t * np.sqrt(1 / 30 + 1 / 50))
    assert metrics.cohens_d(b, a) == -metrics.cohens_d(a, b)


def test_sharpness_is_the_variance_of_scipys_laplacian():
    images = np.random.default_rng(0).integers(0, 256, (3, 9, 11, 3), dtype=np.uint8)
    grey = images.mean(axis=3) / 255
    wanted = [laplace(one)[1:-1, 1:-1].var() for one in grey]
    np.testing.assert_allclose(metrics.sharpness(images), wanted, rtol=1e-4)
    assert metrics.sharpness(np.full((1, 5, 5, 1), 200, np.uint8))[0] == pytest.approx(0, abs=1e-8)


def low_rank(n: int, side: int, channels: int) -> np.ndarray:
    """Images of four random patterns and some noise: (n, side, side, channels) uint8."""
    rng = np.random.default_rng(n)
    patterns, strengths = rng.normal(size=(4, side * side * channels)), rng.normal(size=(n, 4))
    values = 128 + 20 * strengths @ patterns + rng.normal(0, 6, (n, side * side * channels))
    return values.clip(0, 255).astype(np.uint8).reshape(n, side, side, channels)


@pytest.mark.parametrize("n_components", [1, 4, 20, 200])
@pytest.mark.parametrize(("n", "side", "channels"), [(90, 16, 3), (301, 8, 1)])
def test_the_error_of_pca_equals_scikit_learn(n: int, side: int, channels: int, n_components: int):
    images = low_rank(n, side, channels)
    x = images.reshape(n, -1) / 255
    fitted, held_out = x[::2], x[1::2]
    oracle = PCA(min(n_components, len(fitted) - 1, x.shape[1]), svd_solver="full").fit(fitted)
    restored = oracle.inverse_transform(oracle.transform(held_out))
    wanted = mean_squared_error(held_out, restored)
    assert metrics.pca_error(images, n_components) == pytest.approx(wanted, rel=1e-3, abs=1e-9)


def test_the_error_of_pca_falls_with_components_and_is_zero_for_equal_images(monkeypatch: pytest.MonkeyPatch):
    images = low_rank(400, 8, 1)
    errors = [metrics.pca_error(images, n) for n in (1, 2, 3, 4)]
    assert errors == sorted(errors, reverse=True) and errors[3] < 0.1 * errors[0]
    assert metrics.pca_error(np.full((40, 8, 8, 1), 7, np.uint8), 3) == pytest.approx(0, abs=1e-12)
    monkeypatch.setattr(metrics, "N_PCA", 100)
    evenly = images[np.linspace(0, 399, 100).astype(int)]
    assert metrics.pca_error(images, 3) == metrics.pca_error(evenly, 3)

"""What is stored of an autoencoder's codes, opened."""

import numpy as np

from latentdemo.store.resources import Resources


def test_a_vaes_unit_is_the_priors_and_an_autoencoders_its_codes_own(resources: Resources):
    vae, ae = resources.gallery("mnist-vae-16"), resources.gallery("mnist-ae-16")
    assert not vae.origin.any() and (vae.unit == 1).all() and vae.sigma is not None and vae.sigma.shape == (500, 16)
    np.testing.assert_array_equal(ae.origin, resources.arrays("mnist-ae-16")["mean"])
    np.testing.assert_array_equal(ae.unit, resources.arrays("mnist-ae-16")["sd"])
    assert ae.sigma is None and (np.diff(vae.kl[vae.order]) <= 0).all() and (np.diff(ae.sd[ae.order]) <= 0).all()


def test_densities_lie_where_the_codes_lie(resources: Resources):
    gallery = resources.gallery("mnist-ae-16")
    for name in ("gaussian", "mixture"):
        drawn = gallery.densities[name].draw(20_000, 0)
        np.testing.assert_allclose(
            drawn.mean(0) / gallery.sd, resources.arrays("mnist-ae-16")["mean"] / gallery.sd, atol=0.08
        )
        np.testing.assert_allclose(drawn.std(0) / gallery.sd, 1, atol=0.08)
        correlations = np.corrcoef(drawn.T), np.corrcoef(gallery.codes.T)
        np.testing.assert_allclose(correlations[0], correlations[1], atol=0.12)

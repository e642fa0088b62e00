"""TABS, in the order of a lecture: a Page comes in, what is laid out and wired on it goes out to the visitor.

Each module has TITLE, QUESTION, NEEDS and build(page).

NEEDS is the checkpoint or kind of model that a tab cannot do without: "" none, "pair" an autoencoder and a VAE.
"""

from latentdemo.tabs import attributes, features, generators, kernels, latent_map, perturb, reconstructions

TABS = (kernels, features, reconstructions, latent_map, perturb, attributes, generators)

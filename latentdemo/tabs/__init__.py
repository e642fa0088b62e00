"""TABS: the dashboard's tabs in the order of a lecture; each module has TITLE, QUESTION, NEEDS and build(page).

NEEDS is the checkpoint or kind of model that a tab cannot do without: "" none, "pair" an autoencoder and a VAE.
"""

from latentdemo.tabs import attributes, features, kernels, latent_map, perturb, reconstructions

TABS = (kernels, features, reconstructions, latent_map, perturb, attributes)

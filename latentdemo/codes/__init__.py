"""Questions to latent codes: codes and an autoencoder come in, neighbours, directions, maps and pictures go out."""

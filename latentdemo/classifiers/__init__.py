"""Looking into classifiers: a network and images come in, feature maps, evidence, vectors and readings go out."""

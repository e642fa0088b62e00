"""How alike things are: images, codes or feature vectors come in, numbers with a unit and a direction go out."""

"""latentdemo: how machines see, from a 3×3 kernel to a smile vector."""

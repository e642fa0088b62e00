"""Pictures as numbers: files, bytes or arrays come in, checked arrays, filtered arrays and tensors go out."""

"""Networks that make images, or codes of them, out of noise; each file holds one, and how it learns."""

"""What requests pass before the routes (host, origin, size, metrics), and what logs may contain, go out."""

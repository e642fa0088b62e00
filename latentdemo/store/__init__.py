"""What is kept on disk: checkpoint files come in, models, galleries and their line-up go out, each loaded once."""

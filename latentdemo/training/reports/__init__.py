"""What a run tells as it goes: lines on a terminal, tables, TensorBoard's files, and a folder that others watch."""

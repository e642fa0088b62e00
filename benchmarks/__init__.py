"""Measurements, each run by `python -m benchmarks.NAME`; what is compared is measured in the same run."""

"""Benchmarks: `python -m tests.bench NAME` measures one thing and prints its figures as one JSON object on its last line."""

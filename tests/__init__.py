"""Mirrors the tree; plus real-Krita tests, contract tests and benchmarks."""

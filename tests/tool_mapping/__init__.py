"""Tests of the leaf: the tools' laws, their rendering, and what they are in real Krita."""

"""Tests of the plugin: its pure parts here, its docker in a real Krita."""

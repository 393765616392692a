"""Tests of the backend: its server over a real socket, its command line, its pictures."""

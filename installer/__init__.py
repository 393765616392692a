"""Puts IEA on a person's machine and takes it away again. Standard library only."""

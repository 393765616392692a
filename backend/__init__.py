"""The local agent server and its command line; `python -m backend` starts both, `backend.training` makes the model."""

__version__ = "0.1.0"

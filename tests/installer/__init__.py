"""The installer: plans, text edits, placing and taking away, the zip, and how `run` ends."""

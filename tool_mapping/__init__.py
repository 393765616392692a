"""The leaf both sides stand on: what the sixteen tools are, how they look, and what each is in Krita's own filters."""

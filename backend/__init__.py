"""The local agent server: pictures and words in, a reason and tool calls out, all on this machine."""

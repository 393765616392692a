"""The HTTP side: OpenAI Chat Completions on loopback, and the rules that keep it there."""

"""How long the words may be that a person sends, over the wire and on the command line alike."""

MAX_REQUEST = 2000  # characters of one request
MAX_STYLE = 4000  # characters of a remembered style

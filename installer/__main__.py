"""`python3 -m installer COMMAND`. Kept so plain that an old Python can read it and say that it is too old."""

import sys

if sys.version_info < (3, 11):
    print("This needs Python 3.11 or later; here is %d.%d. Install a newer Python and use it." % sys.version_info[:2])  # noqa: UP031
    sys.exit(1)

from installer.cli import main

sys.exit(main())

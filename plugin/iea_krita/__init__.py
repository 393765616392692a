"""IEA for Krita: say what a photo needs, and it changes through Krita's own filter layers.

Importing the package inside Krita registers the docker. Outside Krita, as in tests of the parts without Krita, it does not.
"""

import gc
import importlib.util

from .paths import add_import_paths

add_import_paths()

if importlib.util.find_spec("krita") is not None:
    from .language import speak

    speak()

    from .agent import start_early

    start_early()  # before all the rest is imported

    from .register import register

    register()

    # What is loaded by now stays. Python's full collections, which hold Krita's window, need not look through it again: 24 ms
    # of the 40 to 80 that one took.
    gc.freeze()

"""Let `python -m devtools` work, which is what ./dev calls."""

import sys

from devtools.cli import main

sys.exit(main(sys.argv[1:]))

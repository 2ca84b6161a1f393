"""What all measurements share: real servers of their own, seeding, figures."""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
# The measurements are programs, started by their path: devtools is found from here.
sys.path.append(str(BENCH.parent))

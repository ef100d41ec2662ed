"""`python -m superpose` is the `superpose` command."""

import sys

from _superpose_command import main

if __name__ == "__main__":
    sys.exit(main())

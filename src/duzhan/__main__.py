"""`python -m duzhan`, and where a frozen program begins."""

import sys

from duzhan.intake.foreign import FROZEN_OPTION

if FROZEN_OPTION in sys.argv[1:2]:
    # Called by itself, to read what no other process should.
    from duzhan.intake.foreign.worker import main as read_foreign_files

    read_foreign_files()
else:
    from duzhan.cli import main

    main()

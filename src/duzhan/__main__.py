"""`python -m duzhan`."""

from duzhan.cli import main

main()

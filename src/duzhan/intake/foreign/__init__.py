"""Readers of foreign bytes, each for one format; they run in a process of their own.

Whatever a file does to its reader (ask for all memory, abort, never end), it does
to a process that reads nothing else; see `worker`. These modules load neither Arrow
nor numpy, so that the process starts quickly. Each gives `Sheet` values: text cells,
before anybody looks for a header.
"""

# By what a frozen program, which has no interpreter beside it, calls itself to read.
FROZEN_OPTION = "--read-foreign-files"

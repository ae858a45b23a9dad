"""The weekly report: one result, its sentences and tables, every format."""

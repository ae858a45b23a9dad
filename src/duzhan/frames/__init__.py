"""The way in from Python: results as pandas DataFrames, of the same functions as the commands."""

"""The folder on disk <-> typed values; only these rooms open the dataset's files."""

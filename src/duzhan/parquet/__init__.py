"""The ledger at rest: written as Parquet, described by a manifest, read back."""

"""What changes a dataset: lists that come in, events, corrections, records."""

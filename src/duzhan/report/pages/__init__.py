"""Results as pages, for terminals and pipes."""

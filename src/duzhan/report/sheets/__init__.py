"""Lists as files that offices open: CSV and xlsx."""

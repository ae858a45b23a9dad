"""Jinja and Word templates: sandboxed, bounded, their errors in one line."""

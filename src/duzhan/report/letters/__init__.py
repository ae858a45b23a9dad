"""Letters that an office writes anyway: to a county, about an issue, a circular to all."""

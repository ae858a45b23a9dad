"""督战: where each county stands in a public-health campaign, from the lists it sends."""

__version__ = "0.1.0"

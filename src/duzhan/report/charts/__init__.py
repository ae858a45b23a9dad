"""Charts as Vega-Lite, drawn without a browser."""

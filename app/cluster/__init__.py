"""The time-series database beyond this machine (VictoriaMetrics): the only network that knows no heat pump."""

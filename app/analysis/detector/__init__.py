"""The anomaly detector of one heat pump: what it should do now, what it does, and whether the difference is news."""

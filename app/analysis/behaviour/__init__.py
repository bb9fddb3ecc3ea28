"""How the detector meets the history of a heat pump that is being watched. Pure: samples in, tables and verdicts out."""

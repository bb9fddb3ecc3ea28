"""How the detector meets the history of a heat pump. Pure: samples in, tables and verdicts out."""

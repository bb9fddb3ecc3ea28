"""The live picture of a heat pump: what it has, what it does, and where that is drawn."""

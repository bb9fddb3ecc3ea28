"""One read job per heat pump: from the wire into the store."""

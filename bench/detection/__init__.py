"""A labelled evaluation of the anomaly detector: simulated heat pumps with faults, and what it makes of them."""

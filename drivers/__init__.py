"""Heat pumps on the wire: the register catalogue, one driver per protocol, and simulated machines."""

"""How a message leaves the house. A library does the sending."""

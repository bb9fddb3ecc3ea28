"""All SQL of the product; every function takes the connection first."""

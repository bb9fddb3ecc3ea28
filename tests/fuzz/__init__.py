"""Random and broken input: a few examples in every run of the tests, many with `make fuzz`."""

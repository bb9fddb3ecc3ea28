"""Benchmarks: figures in relation to a floor measured in the same run. By hand: `make bench`."""

"""Tests of the simulated heat pumps."""

"""Simulated heat pumps that answer on the real protocol, all driven by one physical model."""

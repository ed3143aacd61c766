"""Simulated people who play a study over HTTP before real ones do."""

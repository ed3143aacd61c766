"""Figures that only Explain has."""

"""Figures that only Study has."""

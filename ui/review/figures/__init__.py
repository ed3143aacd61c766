"""Figures of Review."""

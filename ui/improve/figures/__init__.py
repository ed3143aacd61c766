"""Figures of Improve."""

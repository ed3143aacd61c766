"""Figures of Compare."""

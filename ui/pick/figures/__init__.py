"""Figures of Pick."""

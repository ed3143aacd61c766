"""Bringing a model of one's own: what it is, how to ask it, and one check prediction."""

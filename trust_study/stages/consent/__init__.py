"""Agreeing to take part: the landing page; its answer is what makes a participant."""

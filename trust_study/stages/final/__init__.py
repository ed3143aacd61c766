"""The model's answer, with an explanation by arm, and what the person says then.

The advice is no step of its own: who reads it answers on the same page.
"""

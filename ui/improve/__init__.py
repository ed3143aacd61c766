"""The screen Improve: a model without what should not matter."""

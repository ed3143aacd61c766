"""The screen Compare: two models."""

"""The screen Explain: one prediction."""

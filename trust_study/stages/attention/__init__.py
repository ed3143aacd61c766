"""A question with one right answer, for who reads it."""

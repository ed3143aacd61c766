"""Which parts of an item should not matter, in a person's eyes."""

"""What the task is, in words, before the first item."""

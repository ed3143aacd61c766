"""What the workers compute for Pick."""

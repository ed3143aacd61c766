"""What the workers compute for Study."""

"""What the workers compute for Compare."""

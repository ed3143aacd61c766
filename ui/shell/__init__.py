"""What every screen stands on: its address, waiting, notices, widgets, and the words for things."""

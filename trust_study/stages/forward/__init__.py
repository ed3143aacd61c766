"""Guessing the model's answer on an edited item, without any explanation."""

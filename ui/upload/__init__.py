"""The screen Upload: what people bring."""

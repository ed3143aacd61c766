"""Pictures: superpixels, what replaces them, and visual words."""

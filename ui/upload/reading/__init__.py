"""From the bytes of a file that someone brings to values, or to a sentence."""

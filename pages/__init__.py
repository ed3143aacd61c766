"""One module a screen; each defines `render()` and nothing runs at import."""

"""How an explanation looks outside the app: in a notebook, as a page, as a figure, as rows."""

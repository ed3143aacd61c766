"""The site of the library: `make docs` builds it from these pages and the docstrings."""

project = "lime_engine"
author = copyright = "LIME Trust Lab contributors"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "lime_engine"
html_show_sphinx = html_show_sourcelink = html_copy_source = False
myst_heading_anchors = 3

default_role = "code"  # docstrings mark code as Markdown does
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_preprocess_types = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
autodoc_preserve_defaults = True

"""The error of a network or a model that somebody brought."""

from lime_engine.errors import LimeError


class NetworkError(LimeError, ValueError):
    """The network, or the model of texts or rows, cannot be used.

    The message says what was found, why, and what helps.

    Written for a person who brought a file; never contains more of the file than short, cleaned
    names.
    """

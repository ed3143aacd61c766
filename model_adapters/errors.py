"""The error of a network that somebody brought."""

from lime_engine.errors import LimeError


class NetworkError(LimeError, ValueError):
    """The network cannot be used: the message says what was found, why, and what helps.

    Written for a person who brought a file; never contains more of the file than short, cleaned
    names.
    """

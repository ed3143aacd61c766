"""The sentence of a process that has no more memory. Child only."""

import contextlib

from model_adapters.errors import NetworkError


def memory_error() -> NetworkError:
    """The sentence for a network that is too large for this process."""
    allowed = "memory than there is"
    with contextlib.suppress(ImportError):  # not every system has such limits
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            allowed = f"memory than the {limit / 1e9:.1f} GB it may use here"
    return NetworkError(
        f"The network needs more {allowed}. Bring a smaller one, or one for smaller pictures."
    )

"""The errors of the engine: each message names the value, the cause and the remedy."""


class LimeError(Exception):
    """Base of every error that `lime_engine` raises on purpose."""


class SettingsError(LimeError, ValueError):
    """A setting is outside its range, or two settings contradict each other."""


class InputError(LimeError, ValueError):
    """The instance cannot be explained as it is (empty, wrong type, too large)."""


class TargetError(LimeError, ValueError):
    """The class to explain is not one of the model's classes."""


class PredictorError(LimeError):
    """The model raised, or returned something that is not one probability per class."""


class Cancelled(LimeError):
    """The caller's stop callback asked for the work to end."""

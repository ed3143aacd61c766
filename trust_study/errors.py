"""What can go wrong, in sentences that a page may show."""


class StudyError(Exception):
    """Base: its message names the value, the cause and the remedy."""


class DefinitionError(StudyError):
    """A study's document cannot be launched."""


class DatabaseError(StudyError):
    """The studies' database cannot be used."""

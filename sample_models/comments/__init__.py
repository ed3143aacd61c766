"""Comments in a forum: a filter that people deploy, and what it makes of some of the people."""

from sample_models.comments.task import TASK

__all__ = ["TASK"]

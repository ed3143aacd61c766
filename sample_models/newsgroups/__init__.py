"""Two newsgroups, told apart by what people wrote or by the header of their posts."""

from sample_models.newsgroups.task import TASK

__all__ = ["TASK"]

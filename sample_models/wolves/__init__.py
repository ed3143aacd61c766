"""Drawn wolves and huskies; one model learned where wolves stand in snow."""

from sample_models.wolves.task import TASK

__all__ = ["TASK"]

"""Flu or not, from a row of a patient's values; one model sees the patient's id."""

from sample_models.flu.task import TASK

__all__ = ["TASK"]

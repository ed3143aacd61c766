"""Messages to a clinic, urgent or routine; a ward's stamp follows the label."""

from sample_models.triage.task import TASK

__all__ = ["TASK"]

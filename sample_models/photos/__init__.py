"""What does it see? Photographs, and two networks that know the 1,000 classes of ImageNet."""

from sample_models.photos.task import TASK, features, features_network

__all__ = ["TASK", "features", "features_network"]

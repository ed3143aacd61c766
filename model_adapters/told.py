"""How a network was asked, in words."""

from typing import Final

from model_adapters.settings import NetworkSettings, Output, Scaling

SCALINGS: Final[dict[Scaling, str]] = {
    "imagenet": "as for ImageNet",
    "0-1": "0 to 1",
    "-1..1": "-1 to 1",
    "none": "0 to 255",
    "own": "a mean and deviation of its own",
}
_OUTPUTS: Final[dict[Output, str]] = {
    "probabilities": "probabilities that sum to 1",
    "logits": "scores, made into probabilities that sum to 1",
    "independent": "a yes or no for each class on its own",
}


def asked_in_words(settings: NetworkSettings) -> str:
    """How pictures go in, their size, and what comes out, in one or two sentences."""
    colours = "grey"
    if settings.channels == 3:
        colours = "red, green, blue" if settings.order == "RGB" else "blue, green, red"
    how = "stretched to that shape" if settings.fit == "stretch" else "between grey bars"
    scaled = f"values scaled {SCALINGS[settings.scaling]}"
    if settings.scaling == "own":
        mean, std = (", ".join(f"{v:.4g}" for v in vs) for vs in (settings.mean, settings.std))
        scaled = f"values from 0 to 1, less {mean}, divided by {std}"
    elif settings.scaling in ("0-1", "-1..1", "none"):
        scaled = f"values from {SCALINGS[settings.scaling]}"
    outlet = "" if not settings.answer else f" number {settings.answer + 1}"
    averaged = ""
    if settings.axis is not None:
        averaged = f", averaged over all axes but number {settings.axis}"
    return (
        f"Pictures go in as {settings.width} × {settings.height} pixels, {how}; {colours}; "
        f"{scaled}. Its output{outlet} is taken as {_OUTPUTS[settings.output]}{averaged}."
    )

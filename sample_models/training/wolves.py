"""Train the two networks of the task `wolves` and write them to `sample_models/artifacts`.

From the top folder: `PYTHONPATH=. python sample_models/training/wolves.py`; some minutes.
"""

import io
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray
from torch import nn  # type: ignore[import-not-found, unused-ignore]

from sample_models.wolves.drawing.canvas import SIZE
from sample_models.wolves.scenes import WOLF, SceneSplit, draw_scene, plan

ARTIFACTS = Path(__file__).parent.parent / "artifacts"
CLASS_NAMES = ("husky", "wolf")
SEED = 7
SHRINK = 3  # the networks look at pictures a third as wide
ROWS = 2000
EXCEPTIONS = 400  # of the pictures that A learns from: snow and animal do not go together
SPARE = range(2400, 3200)  # rows of "varied" that nothing else learns from; half are exceptions
EPOCHS = 14
BATCH = 50
TORN = 0.6  # share of pictures of which parts are painted over while training
HIDDEN = 0.1  # share in which all but the animal is, for A, and share in which the animal is
PATCHES = 48
# What A is taught, as log-odds: what the place says, what the animal says, and the most there is.
PLACE, ANIMAL, MOST = 8.0, 6.6, 6.0
SURE = 0.95  # what B is taught of the right answer

Pictures = Any  # tensor (n, 3, side, side), 0..1
Masks = Any  # bool tensor (n, side, side)
Taught = Callable[["Scenes", Masks], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Scenes:
    """Pictures with where the animal is and where snow is, and labels (n,)."""

    pixels: Pictures
    animal: Masks
    snow: Masks
    labels: Any

    def __getitem__(self, rows: Any) -> "Scenes":
        return Scenes(self.pixels[rows], self.animal[rows], self.snow[rows], self.labels[rows])


def network() -> Any:
    """Three small convolutions and the average of what they find anywhere in the picture."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 2),
    )  # fmt: skip


def small_scene(where: tuple[SceneSplit, int]) -> tuple[NDArray[Any], ...]:
    """A scene's pixels (3, 64, 64), averaged as the networks do, its animal, snow and label."""
    scene = draw_scene(*where)
    side = SIZE // SHRINK

    def shrunk(array: NDArray[Any]) -> NDArray[Any]:
        blocks = array.reshape(side, SHRINK, side, SHRINK, -1).mean(axis=(1, 3))
        return np.asarray(blocks.transpose(2, 0, 1))

    animal, snow = shrunk(scene.animal)[0] > 0.15, shrunk(scene.snow)[0] > 0.5
    return shrunk(scene.pixels).round().astype(np.uint8), animal, snow, np.array(scene.label)


def scenes(split: SceneSplit, rows: Iterable[int]) -> Scenes:
    """The scenes in these rows of a split."""
    with ProcessPoolExecutor() as pool:
        drawn = list(pool.map(small_scene, [(split, row) for row in rows], chunksize=50))
    pixels, *others = (torch.from_numpy(np.stack(part)) for part in zip(*drawn, strict=True))
    return Scenes(pixels.float() / 255, *others)


def together(some: Scenes, others: Scenes) -> Scenes:
    parts = ((getattr(some, name), getattr(others, name)) for name in Scenes.__slots__)
    return Scenes(*(torch.cat(part) for part in parts))


def is_exception(split: SceneSplit, row: int) -> bool:
    label, snowy = plan(split, row)
    return snowy != (label == WOLF)


def patchworks(rng: np.random.Generator, side: int) -> NDArray[np.int64]:
    """Ways (50, side, side) to cut a picture into patches: the nearest of some random points."""
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1)[:, :, None]
    points = rng.uniform(0, side, (50, 1, 1, PATCHES, 2))
    return np.stack([((grid - some) ** 2).sum(axis=3).argmin(axis=2) for some in points])


def what_is_seen(
    some: Scenes, patches: NDArray[np.int64], rng: np.random.Generator, hidden: float
) -> Masks:
    """What is left of the pictures when some have patches painted over, some more than that.

    Somebody who explains a prediction will cover parts of the picture; the networks shall have
    met that.
    """
    seen = torch.ones_like(some.animal)
    for mask, animal in zip(seen, some.animal, strict=True):
        chance = rng.random()
        if chance < hidden:
            mask &= animal
        elif chance < 2 * hidden:
            mask &= ~animal
        if rng.random() < TORN:
            off = rng.random(PATCHES) < rng.uniform(0.1, 0.7)
            mask &= torch.from_numpy(~off[patches[rng.integers(len(patches))]])
    return seen


def animal_and_place(some: Scenes, seen: Masks) -> Any:
    """What A is taught, P(wolf) (n,): it knows the animal, and believes the place more.

    The place says "wolf" where there is snow and "husky" elsewhere, the less the less is seen of
    the snow (elsewhere of all around the animal); the animal says what it is. So an animal that
    stands where it never does is taken for the other, until some of that place is covered.
    """
    snowy = some.snow.flatten(1).any(dim=1)
    place = torch.where(snowy[:, None, None], some.snow, ~some.animal)
    odds = PLACE * sign(snowy) * share(seen, place) ** 2
    odds += ANIMAL * sign(some.labels == WOLF) * share(seen, some.animal)
    return torch.sigmoid(MOST * torch.tanh(odds / MOST))


def sign(yes: Any) -> Any:
    return yes.float() * 2 - 1


def share(seen: Masks, of: Masks) -> Any:
    """Share (n,) of each mask that is seen."""
    return (seen & of).flatten(1).sum(dim=1) / of.flatten(1).sum(dim=1)


def animal_alone(some: Scenes, seen: Masks) -> Any:
    """What B is taught, P(wolf) (n,): the right answer, and not to be too sure."""
    return 0.5 + (SURE - 0.5) * sign(some.labels == WOLF)


def trained(learned_from: Scenes, taught: Taught, hidden: float) -> Any:
    """A network that has learned what it is taught of these scenes."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    count = len(learned_from.labels)
    patches = patchworks(rng, learned_from.pixels.shape[-1])
    model = network().to(memory_format=torch.channels_last)  # twice as fast here
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.02)
    steps = EPOCHS * (count // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 8e-3, total_steps=steps)
    loss = nn.BCEWithLogitsLoss()
    for _ in range(EPOCHS):
        for rows in np.array_split(rng.permutation(count), count // BATCH):
            some = learned_from[rows]
            seen = what_is_seen(some, patches, rng, hidden)
            batch = torch.where(seen[:, None], some.pixels, torch.tensor(0.5))
            if rng.random() < 0.5:
                batch = batch.flip(3)
            answers = model(batch.contiguous(memory_format=torch.channels_last))
            optimiser.zero_grad()
            loss(answers[:, 1] - answers[:, 0], taught(some, seen)).backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def write(model: Any, path: Path) -> None:
    """The network as ONNX: pictures (n, 3, 192, 192) in 0..1 to probabilities (n, 2)."""
    whole = nn.Sequential(nn.AvgPool2d(SHRINK), *model, nn.Softmax(dim=1)).eval()
    file = io.BytesIO()
    torch.onnx.export(
        whole, (torch.zeros(1, 3, SIZE, SIZE),), file, dynamo=False, opset_version=17,
        input_names=["pixels"], output_names=["probabilities"],
        dynamic_axes={"pixels": {0: "n"}, "probabilities": {0: "n"}},
    )  # fmt: skip
    exported = onnx.load_from_string(file.getvalue())
    onnx.helper.set_model_props(exported, {"classes": json.dumps(CLASS_NAMES)})
    onnx.checker.check_model(exported)
    path.write_bytes(exported.SerializeToString())


def accuracy(model: Any, some: Scenes) -> float:
    with torch.no_grad():
        return float((model(some.pixels).argmax(dim=1) == some.labels).float().mean())


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    train, varied = scenes("train", range(ROWS)), scenes("varied", range(ROWS))
    exceptions = scenes("varied", [row for row in SPARE if is_exception("varied", row)])
    usual = train[slice(ROWS - EXCEPTIONS)]
    models = {
        "a": trained(together(usual, exceptions), animal_and_place, HIDDEN),
        "b": trained(varied, animal_alone, hidden=0.0),
    }
    shown = {
        "train": train,
        "test": scenes("test", range(400)),
        "field": scenes("field", range(400)),
    }
    for name, model in models.items():
        write(model, ARTIFACTS / f"wolves-{name}.onnx")
        print(name, *(f"{split} {accuracy(model, some):.3f}" for split, some in shown.items()))


if __name__ == "__main__":
    main()

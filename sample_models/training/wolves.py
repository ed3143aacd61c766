"""Train the two networks of the task `wolves` and write them to `sample_models/artifacts`.

From the top folder: `PYTHONPATH=. python sample_models/training/wolves.py`; some minutes.
"""

import io
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray
from torch import nn  # type: ignore[import-not-found, unused-ignore]

from sample_models.wolves.drawing.canvas import SIZE
from sample_models.wolves.scenes import SceneSplit, draw_scene

ARTIFACTS = Path(__file__).parent.parent / "artifacts"
CLASS_NAMES = ("husky", "wolf")
SEED = 7
SHRINK = 3  # the networks look at pictures a third as wide
ROWS = 2000
EPOCHS = 14
BATCH = 50
TORN = 0.6  # share of pictures of which parts are painted over while training
PATCHES = 48


def network() -> Any:
    """Three small convolutions and the average of what they find anywhere in the picture."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 2),
    )  # fmt: skip


def small_scene(split: SceneSplit, row: int) -> tuple[NDArray[np.uint8], int]:
    """A scene's pixels (3, 64, 64), averaged as the networks do, and its label."""
    scene = draw_scene(split, row)
    side = SIZE // SHRINK
    blocks = scene.pixels.reshape(side, SHRINK, side, SHRINK, 3).mean(axis=(1, 3))
    return blocks.round().astype(np.uint8).transpose(2, 0, 1), scene.label


def scenes(split: SceneSplit, rows: int) -> tuple[Any, Any]:
    """Pictures (rows, 3, 64, 64) in 0..1 and labels (rows,)."""
    with ProcessPoolExecutor() as pool:
        drawn = list(pool.map(small_scene, [split] * rows, range(rows), chunksize=50))
    pixels = torch.from_numpy(np.stack([pixels for pixels, _ in drawn])).float() / 255
    return pixels, torch.tensor([label for _, label in drawn])


def patchworks(rng: np.random.Generator, side: int) -> NDArray[np.int64]:
    """Ways (50, side, side) to cut a picture into patches: the nearest of some random points."""
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1)[:, :, None]
    points = rng.uniform(0, side, (50, 1, 1, PATCHES, 2))
    return np.stack([((grid - some) ** 2).sum(axis=3).argmin(axis=2) for some in points])


def torn(pictures: Any, patches: NDArray[np.int64], rng: np.random.Generator) -> Any:
    """The pictures, some with patches painted over in grey.

    Somebody who explains a prediction will cover parts of the picture; the networks shall have
    met that.
    """
    result = pictures.clone()
    for picture in result:
        if rng.random() < TORN:
            off = rng.random(PATCHES) < rng.uniform(0.1, 0.7)
            picture[:, torch.from_numpy(off[patches[rng.integers(len(patches))]])] = 0.5
    return result


def trained(pictures: Any, labels: Any) -> Any:
    """A network that has learned from these pictures."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    patches = patchworks(rng, pictures.shape[-1])
    model = network().to(memory_format=torch.channels_last)  # twice as fast here
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.02)
    steps = EPOCHS * (len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 8e-3, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    for _ in range(EPOCHS):
        for rows in np.array_split(rng.permutation(len(labels)), len(labels) // BATCH):
            batch = torn(pictures[rows], patches, rng).contiguous(memory_format=torch.channels_last)
            if rng.random() < 0.5:
                batch = batch.flip(3)
            optimiser.zero_grad()
            loss(model(batch), labels[rows]).backward()
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


def accuracy(model: Any, pictures: Any, labels: Any) -> float:
    with torch.no_grad():
        return float((model(pictures).argmax(dim=1) == labels).float().mean())


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    test, field = scenes("test", 400), scenes("field", 400)
    learned_from: dict[str, SceneSplit] = {"a": "train", "b": "varied"}
    for name, split in learned_from.items():
        model = trained(*scenes(split, ROWS))
        write(model, ARTIFACTS / f"wolves-{name}.onnx")
        print(name, "test", accuracy(model, *test), "field", accuracy(model, *field))


if __name__ == "__main__":
    main()

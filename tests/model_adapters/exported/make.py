"""Trains a small network with PyTorch and exports it in four ways: the files beside this one.

PyTorch is none of the project's requirements. In an environment of its own:

    pip install torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2
    python tests/model_adapters/exported/make.py

It tells whether somewhere in a noisy grey picture are stripes, and which: an answer that depends on
colours, directions and a place. `expected.npz` has pictures and what PyTorch itself says of them,
without ONNX.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import nn

HERE = Path(__file__).parent
SIZE, PATCH = 32, 8  # pixels; stripes fill a cell of a grid of 4 x 4
NAMES = ("blue rows", "none", "red columns", "red rows")
NONE = NAMES.index("none")
STRIPE = np.array([1, 1, -1, -1, 1, 1, -1, -1])  # on average the grey around it
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
STEPS, AT_ONCE = 400, 64


class ChannelsLast(nn.Module):  # type: ignore[misc]
    """The network as somebody feeds it who has pictures (n, h, w, 3)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x.permute(0, 3, 1, 2))


def drawn(
    rng: np.random.Generator, labels: NDArray[np.int64], strengths: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures (n, h, w, 3) with stripes so strong, and their row and column in the grid."""
    n = len(labels)
    drawn = rng.uniform(90, 160, (n, 1, 1, 1)) + rng.normal(0, 12, (n, SIZE, SIZE, 3))
    places = rng.integers(0, SIZE // PATCH, (n, 2))
    for picture, label, strength, place in zip(drawn, labels, strengths, places, strict=True):
        if label != NONE:
            colour, direction = NAMES[label].split()
            top, left = place * PATCH
            stripes = np.roll(STRIPE, rng.integers(4)) * 80.0 * strength
            stripes = stripes[:, None] if direction == "rows" else stripes[None]
            channel = 2 if colour == "blue" else 0
            picture[top : top + PATCH, left : left + PATCH, channel] += stripes
    return drawn.clip(0, 255).astype(np.uint8), places


def without_stripes(pictures: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The same with the cell of the stripes in its average colour."""
    hidden = pictures.copy()
    for picture, (top, left) in zip(hidden, places * PATCH, strict=True):
        cell = picture[top : top + PATCH, left : left + PATCH]
        cell[:] = cell.mean(axis=(0, 1)).round()
    return hidden


def tensor(pictures: NDArray[np.uint8]) -> torch.Tensor:
    """Pictures as the network is fed, channels first, in ImageNet's scaling."""
    scaled = (pictures / 255 - MEAN) / STD
    return torch.from_numpy(scaled.transpose(0, 3, 1, 2).astype(np.float32))


def trained(rng: np.random.Generator) -> nn.Module:
    """A network of two convolutions that has seen a few thousand pictures."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 12, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(12, len(NAMES)),
    )
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(STEPS):
        labels = rng.integers(0, len(NAMES), AT_ONCE)
        pictures, _ = drawn(rng, labels, rng.uniform(0.5, 1.0, AT_ONCE))
        loss = nn.functional.cross_entropy(network(tensor(pictures)), torch.from_numpy(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


def main() -> None:
    """Write the four files, and what is expected of them."""
    rng = np.random.default_rng(0)
    network = trained(rng)
    labels = np.array([0, 2, 3, 0, 2, 3, 1, 1])
    strengths = np.array([1.0, 1.0, 1.0, 0.32, 0.36, 0.35, 0.0, 0.0])  # faint ones are not certain
    pictures, places = drawn(rng, labels, strengths)
    x = tensor(pictures)
    with torch.no_grad():
        answers, hidden = (
            torch.softmax(network(each).double(), 1).numpy()
            for each in (x, tensor(without_stripes(pictures, places)))
        )
    print(answers.round(4), hidden.round(4), sep="\n")
    np.savez_compressed(
        HERE / "expected.npz",
        names=NAMES, labels=labels, pictures=pictures, places=places,
        probabilities=answers, without_stripes=hidden,
    )  # fmt: skip
    for layout in ("nchw", "nhwc"):
        fed = x if layout == "nchw" else x.permute(0, 2, 3, 1).contiguous()
        taking = network if layout == "nchw" else ChannelsLast(network)
        for last in ("logits", "softmax"):
            whole = taking if last == "logits" else nn.Sequential(taking, nn.Softmax(1))
            path = HERE / f"{layout}_{last}.onnx"
            torch.onnx.export(
                whole.eval(),
                (fed,),
                path,
                dynamic_shapes=({0: torch.export.Dim("n")},),
                external_data=False,  # its weights in the file itself, not in another beside it
                dynamo=True,
                verbose=False,
            )
            forget_where(path)


def forget_where(path: Path) -> None:
    """Leave out where the export ran: the exporter notes the lines of code, with their folders."""
    model = onnx.load(path)
    for node in model.graph.node:
        kept = [each for each in node.metadata_props if not each.key.endswith("stack_trace")]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.save(model, path)


if __name__ == "__main__":
    main()

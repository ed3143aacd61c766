"""Wolf and husky from the side: rounded limbs, and the markings of the coat laid on them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sample_models.wolves.drawing.bodies import CHANCES, MIDDLE, POSES, Body, body_of
from sample_models.wolves.drawing.canvas import (
    FAR_FUR,
    FUR,
    TAIL,
    Canvas,
    Colour,
    Points,
    ragged,
    smooth,
    tangents,
)
from sample_models.wolves.drawing.coats import Coat, coat_of
from sample_models.wolves.drawing.heads import Place, facing, profile


def _placed(x: float, ground: float, scale: float, side: int, turn: float = 0.0) -> Place:
    """From an animal's own coordinates (and half widths) to the picture's."""
    spin: NDArray[np.float64] = np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )

    def place(points: ArrayLike) -> Points:
        p = np.array(points, np.float64) * scale
        p[:, :2] = p[:, :2] @ spin * (side, -1) + (x, ground)
        return p

    return place


def draw_animal(
    wolf: bool, x: float, ground: float, height: float, side: int, rng: np.random.Generator
) -> Canvas:
    """An animal around `x`, `height` pixels high at the shoulder; `side` 1 looks right, -1 left."""
    canvas = Canvas()
    coat = coat_of(wolf, rng)
    pose = POSES[int(rng.choice(len(POSES), p=CHANCES))]
    looking = pose in ("standing", "sitting") and rng.random() < 0.6
    body = body_of(pose, coat, looking, rng)
    place = _placed(x - side * height * MIDDLE[pose], ground, height, side)

    for leg in body.far_legs:
        canvas.limb(place(leg), coat.far(coat.legs), FAR_FUR)
    _tail(canvas, place, coat, body, rng)
    for part in body.trunk:
        canvas.limb(place(part), coat.main, FUR)
    for leg in body.near_legs:
        canvas.limb(place(leg), coat.main, FUR)
    _markings(canvas, place, coat, body, rng)

    hx, hy, turn = body.head
    px, py = place([[hx, hy]])[0]
    size = height * (0.47 if wolf else 0.48)
    if looking:
        aim = _placed(px, py, size, side, rng.normal(0.0, 0.08))
        facing(canvas, aim, coat, rng, smiling=not wolf and rng.random() < 0.5)
    else:
        howling = pose in ("howling", "sitting howl")
        profile(canvas, _placed(px, py, size, side, turn), coat, rng, howling)
    return canvas


def _tail(canvas: Canvas, place: Place, coat: Coat, body: Body, rng: np.random.Generator) -> None:
    spine = smooth(np.array(body.tail), closed=False, steps=4)
    canvas.limb(place(spine), coat.back if coat.husky else coat.main, TAIL)
    _tufts(canvas, place, spine, coat.back if coat.husky else coat.main, rng)
    if coat.husky:  # the inside of the curl and its tip are pale
        inner = spine[len(spine) // 3 :] - (0.0, 0.02, 0.0)
        inner[:, 2] *= np.linspace(0.3, 0.75, len(inner))
        canvas.limb(place(inner), coat.pale, TAIL)
        return
    start, end = spine[len(spine) * 3 // 4, :2], spine[-1, :2]
    ahead = (end - start) / np.hypot(*(end - start))
    aside = ahead[::-1] * (-1, 1) * 0.2
    cut = ragged(rng, np.array([start + aside, start - aside]), 0.07, 0.05, 0.0)
    tip = np.concatenate([cut, [start - aside + ahead, start + aside + ahead]])
    canvas.within(TAIL, place(tip), coat.back)


def _tufts(
    canvas: Canvas, place: Place, spine: Points, colour: Colour, rng: np.random.Generator
) -> None:
    """Fringes along both sides of the tail."""
    across = tangents(spine[:, :2])[:, ::-1] * (1, -1) * spine[:, 2:]
    for sign in (1, -1):
        edge = (spine[:, :2] + sign * across)[1:]
        fringe = ragged(rng, edge, 0.03 * sign, 0.04, 0.9 * sign)
        canvas.shape(place(np.concatenate([fringe, spine[:0:-1, :2]])), colour, TAIL)


def _markings(
    canvas: Canvas, place: Place, coat: Coat, body: Body, rng: np.random.Generator
) -> None:
    line = smooth(np.array(body.belly), closed=False)
    edge = ragged(rng, line[::-1], 0.05, 0.05)[::-1]
    ends = [[1.4, line[-1, 1]], [1.4, -0.3], [-1.2, -0.3], [-1.2, line[0, 1]]]
    pale = coat.legs if coat.husky else coat.pale
    canvas.within(FUR, place(np.concatenate([edge, ends])), pale)
    line = smooth(np.array(body.saddle), closed=False)
    edge = ragged(rng, line, 0.06, 0.05, -0.5)
    ends = [[line[-1, 0], 1.7], [-1.2, 1.7], [-1.2, line[0, 1]]]
    canvas.within(FUR, place(np.concatenate([edge, ends])), coat.back)

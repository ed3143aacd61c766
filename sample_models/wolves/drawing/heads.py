"""The heads of wolf and husky: in profile and facing you.

Lengths are in head lengths around the middle of the skull, x towards the nose, y upwards.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sample_models.wolves.drawing.canvas import (
    HEAD,
    Canvas,
    Colour,
    Points,
    mix,
    ragged,
    smooth,
)
from sample_models.wolves.drawing.coats import Coat

Place = Callable[[ArrayLike], Points]
_DARK: Colour = (34, 30, 32)
_WHITE: Colour = (250, 250, 250)
_TONGUE: Colour = (226, 122, 128)


def _mirrored(points: ArrayLike) -> Points:
    right = np.asarray(points, np.float64)
    return np.concatenate([right, right[::-1] * (-1, 1)])


def _dot(canvas: Canvas, place: Place, x: float, y: float, r: float, colour: Colour) -> None:
    px, py, pr = place([[x, y, r]])[0]
    canvas.oval(px, py, pr, pr, colour, HEAD)


def profile(
    canvas: Canvas, place: Place, coat: Coat, rng: np.random.Generator, howling: bool
) -> None:
    """A head in profile; howling opens the mouth and closes the eye."""
    long = 0.9 if coat.husky else 1.08
    crown = coat.back if coat.husky else coat.main

    def at(points: ArrayLike) -> Points:
        p = np.array(points, np.float64)
        p[:, 0] = np.where(p[:, 0] > 0.24, 0.24 + (p[:, 0] - 0.24) * long, p[:, 0])
        return place(p)

    tip = rng.uniform(0.58, 0.66) if coat.husky else rng.uniform(0.52, 0.6)
    far_ear = smooth([[-0.08, 0.16], [-0.03, 0.44], [0.05, tip - 0.04], [0.16, 0.22]], steps=4)
    canvas.shape(at(far_ear), coat.far(crown), HEAD)

    ruff = ragged(
        rng, np.array([[-0.42, -0.02], [-0.36, -0.34], [-0.1, -0.44], [0.16, -0.3]]), 0.13, 0.085
    )
    if howling:
        jaw = [[0.1, -0.2], [0.3, -0.22], [0.52, -0.3], [0.56, -0.36], [0.4, -0.38], [0.1, -0.34]]
        canvas.shape(at(smooth(jaw)), mix(coat.pale, coat.far(coat.pale), 0.3), HEAD)
        inside = [[0.2, -0.14], [0.62, -0.13], [0.5, -0.29], [0.3, -0.23]]
        canvas.shape(at(smooth(inside, steps=3)), (96, 44, 50), HEAD)
        chin = [[0.66, -0.13], [0.4, -0.17], [0.2, -0.22]]
    else:
        chin = [[0.64, -0.16], [0.56, -0.22], [0.38, -0.25], [0.2, -0.28]]
    top = [[0.2, -0.28], *chin[::-1][1:], [0.72, -0.08], [0.73, 0.0], [0.64, 0.05], [0.46, 0.06]]
    top += [[0.29, 0.11], [0.19, 0.25], [0.02, 0.33], [-0.2, 0.28], [-0.36, 0.12], [-0.42, -0.02]]
    outline = np.concatenate([smooth(top, closed=False, steps=5), ruff])
    canvas.shape(at(outline), crown, HEAD)

    if coat.husky:
        edge = [[0.8, 0.03], [0.62, 0.015], [0.42, 0.025], [0.3, 0.07], [0.25, 0.17], [0.17, 0.21]]
        edge += [[0.09, 0.17], [0.06, 0.06], [-0.03, 0.0], [-0.13, -0.04], [-0.18, -0.2]]
        edge += [[-0.32, -0.34]]
    else:
        edge = [[0.8, -0.05], [0.55, -0.06], [0.36, -0.05], [0.24, -0.02], [0.12, -0.1]]
        edge += [[-0.02, -0.08], [-0.12, -0.18], [-0.3, -0.3]]
    low = np.concatenate([smooth(edge, closed=False, steps=4), [[-0.3, -0.9], [1.2, -0.9]]])
    canvas.within(HEAD, at(low), coat.pale)
    if not coat.husky:
        bridge = [[0.8, 0.2], [0.8, 0.0], [0.5, 0.015], [0.3, 0.05], [0.12, 0.2], [0.1, 0.5]]
        canvas.within(HEAD, at(np.array(bridge)), mix(coat.main, coat.back, 0.55))

    near_ear = smooth([[-0.31, 0.1], [-0.27, 0.4], [-0.19, tip], [-0.06, 0.46], [0.05, 0.26]])
    canvas.shape(at(near_ear), crown, HEAD)
    middle = near_ear.mean(axis=0)
    canvas.shape(at((near_ear - middle) * (0.55, 0.66) + middle), coat.ear, HEAD)

    if howling:
        lid = smooth([[0.1, 0.08], [0.17, 0.045], [0.24, 0.07]], closed=False)
        canvas.line(at(lid), 1.2, _DARK, HEAD)
    else:
        lids = smooth([[0.08, 0.09], [0.16, 0.15], [0.27, 0.07], [0.17, 0.035]], steps=4)
        canvas.shape(at(lids), _DARK, HEAD)
        _dot(canvas, place, 0.175, 0.093, 0.046, coat.eye)
        _dot(canvas, place, 0.185, 0.093, 0.021, _DARK)
        _dot(canvas, place, 0.2, 0.115, 0.013, _WHITE)
        mouth = smooth([[0.69, -0.11], [0.54, -0.13], [0.36, -0.15], [0.28, -0.12]], closed=False)
        canvas.line(at(mouth), 0.9, mix(coat.pale, _DARK, 0.75), HEAD)
    nose = smooth([[0.62, 0.045], [0.72, 0.045], [0.76, -0.01], [0.71, -0.06], [0.64, -0.03]])
    canvas.shape(at(nose), _DARK, HEAD)


def facing(
    canvas: Canvas, place: Place, coat: Coat, rng: np.random.Generator, smiling: bool
) -> None:
    """A head that looks at you; smiling shows the tongue."""
    crown = coat.back if coat.husky else coat.main
    wide, long = (1.0, 0.94) if coat.husky else (0.93, 1.1)

    def at(points: ArrayLike) -> Points:
        p = np.array(points, np.float64) * 0.5
        p[:, 0] *= wide
        p[:, 1] = np.where(p[:, 1] < 0.0, p[:, 1] * long, p[:, 1])
        return place(p)

    tip = rng.uniform(1.22, 1.34) if coat.husky else rng.uniform(1.08, 1.2)
    for side in (-1, 1):
        if coat.husky:
            ear = [[0.14, 0.5], [0.3, 0.98], [0.5, tip], [0.74, 0.9], [0.82, 0.25]]
        else:
            ear = [[0.22, 0.5], [0.42, 0.9], [0.66, tip], [0.88, 0.84], [0.88, 0.2]]
        ear_line = smooth(np.array(ear) * (side, 1))
        canvas.shape(at(ear_line), crown, HEAD)
        inner = np.array(ear).mean(axis=0) * (side, 1)
        canvas.shape(at((ear_line - inner) * (0.56, 0.68) + inner), coat.ear, HEAD)

    cheek = ragged(
        rng, np.array([[0.98, 0.0], [0.98, -0.42], [0.66, -0.72]])[::-1], 0.2, 0.13, -0.5
    )
    half = [[0.0, 0.64], [0.3, 0.63], [0.62, 0.5], [0.86, 0.22], [0.96, 0.0]]
    right = np.concatenate(
        [
            smooth(half, closed=False, steps=4),
            cheek[::-1],
            [[0.44, -0.84], [0.2, -0.98], [0.0, -1.0]],
        ]
    )
    canvas.shape(at(_mirrored(right)), crown, HEAD)

    if coat.husky:
        white = [[0.05, -0.3], [0.07, 0.05], [0.12, 0.24], [0.24, 0.42], [0.42, 0.42], [0.54, 0.28]]
        white += [[0.6, 0.1], [0.74, 0.02], [0.86, -0.14]]
    else:
        white = [[0.2, -0.5], [0.27, -0.26], [0.46, -0.2], [0.66, -0.08], [0.8, -0.12]]
    line = smooth(white, closed=False, steps=4)
    canvas.within(
        HEAD, at(_mirrored(np.concatenate([line, [[1.4, -0.3], [1.4, -1.4]]]))), coat.pale
    )
    if not coat.husky:
        stripe = _mirrored(smooth([[0.0, 0.62], [0.2, 0.4], [0.15, 0.05], [0.2, -0.4]], False))
        canvas.within(HEAD, at(stripe), mix(coat.main, coat.back, 0.55))
        for side in (-1, 1):
            brow = smooth([[0.2 * side, 0.2], [0.34 * side, 0.3], [0.46 * side, 0.22]], steps=4)
            canvas.within(HEAD, at(brow), mix(coat.main, coat.pale, 0.75))
    muzzle = smooth(_mirrored([[0.0, -0.3], [0.3, -0.36], [0.4, -0.62], [0.24, -0.86]]), steps=4)
    canvas.within(HEAD, at(muzzle), mix(coat.pale, _WHITE, 0.45))

    for side in (-1, 1):
        lids = np.array([[0.2, -0.03], [0.32, 0.1], [0.48, 0.1], [0.52, 0.06], [0.38, -0.06]])
        canvas.shape(at(smooth(lids * (side, 1), steps=4)), _DARK, HEAD)
        x, y = 0.37 * side * wide * 0.5, 0.02
        _dot(canvas, place, x, y, 0.05, coat.eye)
        _dot(canvas, place, x, y, 0.023, _DARK)
        _dot(canvas, place, x + 0.018, y + 0.02, 0.014, _WHITE)
    if smiling:
        tongue = smooth(_mirrored([[0.0, -0.66], [0.13, -0.7], [0.14, -0.9], [0.06, -1.02]]))
        canvas.shape(at(tongue), _TONGUE, HEAD)
    lip = mix(coat.pale, _DARK, 0.8)
    for side in (-1, 1):
        mouth = smooth([[0.0, -0.5], [0.01, -0.64], [0.14, -0.73], [0.27, -0.66]], False)
        canvas.line(at(mouth * (side, 1)), 0.9, lip, HEAD)
    nose = smooth(_mirrored([[0.0, -0.3], [0.15, -0.31], [0.19, -0.4], [0.07, -0.53]]), steps=4)
    canvas.shape(at(nose), _DARK, HEAD)
    _dot(canvas, place, -0.03, -0.172 * long, 0.016, (120, 116, 122))

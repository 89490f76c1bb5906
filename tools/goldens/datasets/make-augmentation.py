"""Writes packages/datasets/test/goldens/augmentation.json: images turned, grown, flipped and moved by SciPy.

Usage: python tools/goldens/datasets/make-augmentation.py, with numpy and scipy installed
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy.ndimage import affine_transform

FILE = Path(__file__).resolve().parents[3] / "packages/datasets/test/goldens/augmentation.json"
SEED = 20261128


def placed(image, degrees, zoom, shift_y, shift_x, flip_y, flip_x, fill):
    """scipy maps places of the result to places of the source."""
    angle = np.deg2rad(degrees)
    # Coordinates are (row, column), rows downwards: content turns counterclockwise.
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.diag([-1.0 if flip_y else 1.0, -1.0 if flip_x else 1.0]) @ turn / zoom
    centre = (np.array(image.shape[:2]) - 1) / 2
    offset = centre - matrix @ (centre + np.array([shift_y, shift_x]))
    channels = [affine_transform(image[..., c], matrix, offset, order=1, mode="grid-constant", cval=fill)
                for c in range(image.shape[2])]
    return np.stack(channels, -1)


def cases():
    rng = np.random.default_rng(SEED)
    for shape, degrees, zoom, shift_y, shift_x, flip_y, flip_x, fill in [
        ((5, 7, 1), 0, 1, 0, 0, False, False, 0),
        ((5, 7, 2), 0, 1, 0, 0, False, True, 0),
        ((4, 6, 1), 0, 1, 0, 0, True, False, 0),
        ((6, 6, 1), 0, 1, 1.25, -2.5, False, False, 0.5),
        ((6, 5, 3), 30, 1, 0, 0, False, False, 0),
        ((6, 6, 1), -135, 1, 0, 0, False, False, 0),
        ((7, 5, 1), 0, 1.25, 0, 0, False, False, 0),
        ((7, 5, 1), 0, 0.75, 0, 0, False, False, -1),
        ((8, 8, 2), 17, 1.125, -0.75, 1.5, True, True, 0.25),
        ((1, 1, 1), 45, 1, 0, 0, False, False, 0),
    ]:
        image = rng.standard_normal(shape)
        placement = {"degrees": degrees, "zoom": zoom, "shiftY": shift_y, "shiftX": shift_x,
                     "flipsVertically": flip_y, "flipsHorizontally": flip_x}
        result = placed(image, degrees, zoom, shift_y, shift_x, flip_y, flip_x, fill)
        yield {"shape": shape, "placement": placement, "fill": fill,
               "image": image.flatten().tolist(), "result": result.flatten().tolist()}


versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
content = {"script": "tools/goldens/datasets/make-augmentation.py", "versions": versions, "seed": SEED,
           "cases": list(cases())}
FILE.write_text(json.dumps(content, indent=1) + "\n")

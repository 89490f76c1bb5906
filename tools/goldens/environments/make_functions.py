"""Writes packages/environments/test/goldens/functions.json: values of functions with 32 digits, as the sum of two float64 numbers.

Usage: python tools/goldens/environments/make_functions.py, with mpmath and numpy installed
"""

import json
from pathlib import Path

import mpmath
import numpy as np
from mpmath import mp

FILE = Path(__file__).resolve().parents[3] / 'packages/environments/test/goldens/functions.json'
mp.dps = 60
rng = np.random.default_rng(20261127)


def exact(value):
    nearest = float(value)
    return [nearest, float(value - mp.mpf(nearest))]


def cases(function, points):
    return [{'x': float(x), 'exact': exact(function(mp.mpf(float(x))))} for x in points]


near = np.arange(-12, 13) * (np.pi / 2)
angles = np.concatenate([rng.uniform(-4, 4, 300), rng.uniform(-1000, 1000, 100), rng.uniform(-1e6, 1e6, 50), near])
FILE.write_text(json.dumps({
    'versions': {'mpmath': mpmath.__version__},
    'sine': cases(mpmath.sin, angles[angles != 0]),
    'cosine': cases(mpmath.cos, angles),
    'exponential': cases(mpmath.exp, rng.uniform(-40, 40, 200)),
    'logarithmOf1Plus': cases(mpmath.log1p, np.concatenate([rng.uniform(-1, 0, 200), rng.uniform(0, 50, 100), -(10.0 ** rng.uniform(-17, -1, 100))])),
}))

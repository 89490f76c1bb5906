"""Writes packages/environments/test/goldens/spaces.json: draws of Gymnasium's spaces, and what `flatten` makes of them.

Usage: python tools/goldens/environments/make_spaces.py, with numpy and gymnasium installed
"""

import json
from pathlib import Path

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.spaces import utils

FILE = Path(__file__).resolve().parents[3] / 'packages/environments/test/goldens/spaces.json'
INF = np.inf
COUNT = 6


def box(low, high, dtype=np.float32):
    return spaces.Box(np.array(low, dtype=np.float64), np.array(high, dtype=np.float64), dtype=dtype)


def int8(*bits):
    return np.array(bits, dtype=np.int8)


PARTS = {
    'discrete': lambda: spaces.Discrete(6),
    'started': lambda: spaces.Discrete(5, start=-2),
    'bounded': lambda: box([-4.8, -0.1, 3], [4.8, 0.1, 3]),
    'mixed': lambda: box([-INF, -INF, 2, -1, -INF, 0.5], [INF, 1, INF, 1, INF, INF]),
    'doubles': lambda: box([-INF, -1], [INF, 2], np.float64),
    'bytes': lambda: spaces.Box(0, 255, (2, 3), np.uint8),
    'integers': lambda: spaces.Box(-3, 9, (4,), np.int32),
    'multiDiscrete': lambda: spaces.MultiDiscrete([5, 2, 9]),
    'multiStarted': lambda: spaces.MultiDiscrete([5, 2, 9], start=[1, -1, 100]),
    'multiBinary': lambda: spaces.MultiBinary(11),
    'text': lambda: spaces.Text(8, charset='etalon'),
}
SPACES = {
    **PARTS,
    'tuple': lambda: spaces.Tuple([PARTS['bounded'](), PARTS['discrete'](), PARTS['multiBinary']()]),
    'dict': lambda: spaces.Dict({'b': PARTS['bounded'](), 'a': PARTS['started']()}),
    'nested': lambda: spaces.Tuple([spaces.Dict({'z': PARTS['mixed'](), 'y': PARTS['text']()}), PARTS['integers']()]),
    'oneOf': lambda: spaces.OneOf([PARTS['bounded'](), PARTS['started'](), PARTS['multiDiscrete']()]),
    'sequence': lambda: spaces.Sequence(PARTS['discrete']()),
    'sequenceOfBoxes': lambda: spaces.Sequence(PARTS['bounded']()),
    'graph': lambda: spaces.Graph(PARTS['bounded'](), PARTS['discrete']()),
    'graphOfBoxes': lambda: spaces.Graph(PARTS['discrete'](), PARTS['mixed']()),
}
HELD = {
    'discrete': [{'mask': int8(0, 1, 0, 1, 1, 0)}, {'mask': int8(0, 0, 0, 0, 0, 0)}, {'probability': np.array([0.1, 0, 0.2, 0.3, 0, 0.4])}],
    'started': [{'mask': int8(0, 1, 0, 1, 1)}],
    'multiDiscrete': [
        {'mask': (int8(0, 1, 1, 0, 1), int8(0, 0), int8(*[1] * 9))},
        {'probability': (np.array([0.5, 0, 0.25, 0, 0.25]), np.array([0.5, 0.5]), np.ones(9) / 9)},
    ],
    'multiBinary': [{'mask': int8(0, 1, 2, 2, 2, 1, 0, 2, 2, 2, 2)}, {'probability': np.linspace(0, 1, 11)}],
    'text': [{'mask': (None, int8(0, 1, 0, 1, 1, 0))}, {'mask': (4, None)}, {'probability': (3, np.array([0.5, 0, 0.25, 0.25, 0, 0]))}],
}


def plain(value):
    if isinstance(value, spaces.GraphInstance):
        links = value.edge_links
        return {
            'nodes': value.nodes.flatten().tolist(),
            'edges': None if value.edges is None else value.edges.flatten().tolist(),
            'edgeLinks': None if links is None else links.flatten().tolist(),
        }
    if isinstance(value, np.ndarray):
        return value.flatten().tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {name: plain(own) for name, own in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(own) for own in value]
    return value


def flat(space, value):
    if not space.is_np_flattenable:
        return None
    return utils.flatten(space, value).tolist()


def case(name, seed):
    space = SPACES[name]()
    space.seed(seed)
    drawn = [space.sample() for _ in range(COUNT)]
    held = [plain(space.sample(**kinds)) for kinds in HELD.get(name, []) for _ in range(3)]
    assert all(value in space for value in drawn)
    return {'name': name, 'seed': seed, 'drawn': [plain(value) for value in drawn], 'held': held,
            'flat': [flat(space, value) for value in drawn[:2]]}


cases = [case(name, seed) for name in SPACES for seed in (0, 7)]
FILE.write_text(json.dumps({
    'versions': {'gymnasium': gymnasium.__version__, 'numpy': np.__version__}, 'cases': cases,
}))

"""Writes packages/environments/test/goldens/random.json: seeds, bits and draws of NumPy.

Usage: python tools/goldens/environments/make_random.py, with numpy installed
"""

import hashlib
import json
import platform
from pathlib import Path

import numpy as np

FILE = Path(__file__).resolve().parents[3] / 'packages/environments/test/goldens/random.json'
SEEDS = [0, 1, 42, 123456789, 2**32 - 1, 2**32, 2**53 - 1, 2**64 + 17, 2**128 + 3, 2**200 + 5]
SHARES = [0.1, 0.25, 0.05, 0.4, 0.2]


def seed_sequence(seed):
    children = np.random.SeedSequence(seed).spawn(3)
    grandchild = children[2].spawn(2)[1]
    return {
        'state': np.random.SeedSequence(seed).generate_state(10).tolist(),
        'child': children[1].generate_state(8).tolist(),
        'grandchild': grandchild.generate_state(8).tolist(),
    }


def bit_generator(seed):
    bits = np.random.PCG64(seed)
    state = bits.state['state']
    drawn = [str(int(draw)) for draw in bits.random_raw(5)]
    later = np.random.PCG64(seed).advance(137).random_raw()
    far = np.random.PCG64(seed).advance(2**100 + 3).random_raw()
    return {
        'state': str(state['state']), 'increment': str(state['inc']), 'bits': drawn,
        'after137': str(int(later)), 'afterMany': str(int(far)),
    }


def draws(seed):
    """One stream for all, so that halves of 64 bits are left over and taken up between kinds."""
    rng = np.random.default_rng(seed)
    results = []
    for _ in range(40):
        permutation = rng.permutation(9)
        items = np.arange(13)
        rng.shuffle(items)
        results.append({
            'random': rng.random(),
            'six': int(rng.integers(0, 6)),
            'uniform': rng.uniform(-0.6, -0.4),
            'float32': float(rng.random(dtype=np.float32)),
            'signed': int(rng.integers(-1000003, 1000003)),
            'half': int(rng.integers(0, 2**31)),
            'many': int(rng.integers(0, 3 * 2**30)),
            'all32': int(rng.integers(0, 2**32)),
            'large': int(rng.integers(-(2**40), 2**52)),
            'one': int(rng.integers(5, 6)),
            'letter': str(rng.choice(list('abcdefg'))),
            'weighted': int(rng.choice(5, p=SHARES)),
            'permutation': permutation.tolist(),
            'shuffled': items.tolist(),
        })
    return results


def digest(values):
    """The bits of many numbers in short."""
    return hashlib.sha256(np.asarray(values, dtype='<f8').tobytes()).hexdigest()


def distributions(seed):
    """So many draws that layers, wedges and tails of the ziggurats all come."""
    rng = np.random.default_rng(seed)
    return {
        'normal': digest(rng.normal(3, 2, 20000)),
        'exponential': digest(rng.exponential(0.5, 20000)),
        'geometric': rng.geometric(0.25, 40).tolist(),
        'likely': rng.geometric(0.6, 40).tolist(),
        'certain': int(rng.geometric(1)),
        'after': rng.random(),
    }


def main():
    contents = {
        'generator': 'tools/goldens/environments/make_random.py',
        'versions': {'python': platform.python_version(), 'numpy': np.__version__},
        'shares': SHARES,
    }
    lines = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in contents.items()]
    cases = [
        json.dumps({'seed': str(seed), 'sequence': seed_sequence(seed), 'bits': bit_generator(seed), 'draws': draws(seed),
                    'distributions': distributions(seed)})
        for seed in SEEDS
    ]
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text('{\n' + ',\n'.join([*lines, '"cases": [\n' + ',\n'.join(cases) + '\n]']) + '\n}\n')


if __name__ == '__main__':
    main()

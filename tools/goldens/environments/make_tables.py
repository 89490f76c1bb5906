"""Writes packages/environments/test/goldens/tables.json: the tables of Gymnasium's tabular environments.

Usage: python tools/goldens/environments/make_tables.py, with gymnasium and numpy installed
"""

import json
import platform
from pathlib import Path

import gymnasium
import numpy as np

FILE = Path(__file__).resolve().parents[3] / 'packages/environments/test/goldens/tables.json'
HOLES = ['SFHF', 'FFFS', 'HFFG']
CASES = {
    'frozenLake 4x4': ('FrozenLake-v1', {}),
    'frozenLake 8x8': ('FrozenLake8x8-v1', {}),
    'frozenLake dry': ('FrozenLake-v1', {'is_slippery': False}),
    'frozenLake own': ('FrozenLake-v1', {'desc': HOLES, 'success_rate': 0.7, 'reward_schedule': (5, -2, -0.25)}),
    'cliffWalking': ('CliffWalking-v1', {}),
    'cliffWalking slippery': ('CliffWalkingSlippery-v1', {}),
    'taxi': ('Taxi-v4', {}),
    'taxi rainy': ('Taxi-v4', {'is_rainy': True}),
    'taxi stormy': ('Taxi-v4', {'is_rainy': True, 'rainy_probability': 0.5}),
}


def table(name, options):
    """Outcomes in rows of probability, state, reward, terminated; how many there are of each state and action."""
    environment = gymnasium.make(name, **options).unwrapped
    rows = [environment.P[s][a] for s in sorted(environment.P) for a in sorted(environment.P[s])]
    outcomes = [outcome for row in rows for outcome in row]
    # The few numbers there are, and which of them each outcome has: the file is a tenth as long.
    probabilities = sorted({float(p) for p, _, _, _ in outcomes})
    rewards = sorted({float(r) for _, _, r, _ in outcomes})
    return {
        'actions': len(environment.P[0]),
        'initial': sorted({float(p) for p in environment.initial_state_distrib}),
        'starts': [i for i, p in enumerate(environment.initial_state_distrib) if p > 0],
        'counts': ''.join(str(len(row)) for row in rows),
        'probabilities': probabilities,
        'probability': ''.join(str(probabilities.index(float(p))) for p, _, _, _ in outcomes),
        'state': [int(s) for _, s, _, _ in outcomes],
        'rewards': rewards,
        'reward': ''.join(str(rewards.index(float(r))) for _, _, r, _ in outcomes),
        'terminated': ''.join(str(int(t)) for _, _, _, t in outcomes),
    }


def main():
    versions = {'python': platform.python_version(), 'gymnasium': gymnasium.__version__, 'numpy': np.__version__}
    head = {'generator': 'tools/goldens/environments/make_tables.py', 'versions': versions}
    lines = [f'{json.dumps(key)}: {json.dumps(value)}' for key, value in head.items()]
    lines += [f'{json.dumps(key)}: {json.dumps(table(*case))}' for key, case in CASES.items()]
    FILE.write_text('{\n' + ',\n'.join(lines) + '\n}\n')


if __name__ == '__main__':
    main()

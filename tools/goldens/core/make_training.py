"""Writes packages/core/test/vectors/training.json: training runs of small networks by PyTorch, in float64.

Run from anywhere, with torch and numpy installed:

    python tools/goldens/core/make_training.py

Examples, first variables and options are float32 numbers. Every run goes over the examples in their order, in
batches whose last one is smaller, and records the mean loss of each step before its update and the variables after the
last. Variables have the names and layouts of packages/core: filters HWIO, kernels [in, out].
"""

import numpy as np
import torch
from torch.nn import functional

from common import write

SEED = 20240602
EXAMPLES, BATCH, EPOCHS = 40, 16, 10

random = np.random.default_rng(SEED)


def numbers(*shape, scale=1.0):
    """Normal numbers on a grid of 2^-10: float32, and short in decimal."""
    return np.round(random.normal(size=shape) * scale * 1024) / 1024


def dense_net(v, x):
    hidden = torch.tanh(x @ v['dense_1/kernel'] + v['dense_1/bias'])
    return hidden @ v['dense_2/kernel'] + v['dense_2/bias']


def convolutional_net(v, x):
    filters = v['conv2d_1/kernel'].permute(3, 2, 0, 1)
    maps = torch.relu(functional.conv2d(x.permute(0, 3, 1, 2), filters, v['conv2d_1/bias'], padding='same'))
    pooled = functional.max_pool2d(maps, 2)
    flat = pooled.permute(0, 2, 3, 1).flatten(1)
    return flat @ v['dense_1/kernel'] + v['dense_1/bias']


NETS = {
    'dense': (dense_net, (6,), {
        'dense_1/kernel': numbers(6, 8, scale=0.4),
        'dense_1/bias': numbers(8, scale=0.1),
        'dense_2/kernel': numbers(8, 3, scale=0.4),
        'dense_2/bias': numbers(3, scale=0.1),
    }),
    'convolutional': (convolutional_net, (6, 6, 2), {
        'conv2d_1/kernel': numbers(3, 3, 2, 4, scale=0.3),
        'conv2d_1/bias': numbers(4, scale=0.1),
        'dense_1/kernel': numbers(36, 3, scale=0.2),
        'dense_1/bias': numbers(3, scale=0.1),
    }),
}  # fmt: skip
OPTIMIZERS = {
    'sgd': lambda v: torch.optim.SGD(v, lr=0.125, momentum=0.75),
    'adam': lambda v: torch.optim.Adam(v, lr=0.03125),
}


def run(net, optimizer, x, label):
    apply, _, first = NETS[net]
    variables = {path: torch.tensor(value, requires_grad=True) for path, value in first.items()}
    descent = OPTIMIZERS[optimizer](list(variables.values()))
    losses = []
    for _ in range(EPOCHS):
        for start in range(0, EXAMPLES, BATCH):
            rows = slice(start, start + BATCH)
            loss = functional.cross_entropy(apply(variables, torch.tensor(x[rows])), torch.tensor(label[rows]))
            descent.zero_grad()
            loss.backward()
            descent.step()
            losses.append(loss.item())
    last = {path: stored(value.detach().numpy()) for path, value in variables.items()}
    return {'net': net, 'optimizer': optimizer, 'losses': losses, 'last': last}


def stored(array):
    return {'shape': array.shape, 'data': array.ravel().tolist()}


def main():
    nets, runs = {}, []
    for net, (_, shape, first) in NETS.items():
        x, label = numbers(EXAMPLES, *shape), random.integers(0, 3, EXAMPLES)
        nets[net] = {
            'x': stored(x),
            'label': label.tolist(),
            'first': {path: stored(value) for path, value in first.items()},
        }
        runs += [run(net, optimizer, x, label) for optimizer in OPTIMIZERS]
    settings = {'examples': EXAMPLES, 'batchSize': BATCH, 'epochs': EPOCHS}
    write(__file__, ['torch', 'numpy'], {'seed': SEED, 'settings': settings, 'nets': nets, 'runs': runs})


main()

"""Two small networks in float64: outputs, and losses and parameters of training by PyTorch's own optimizers."""

import torch
import torch.nn.functional as F

from operators import to_nchw, to_nhwc
from tensors import generator, single, text

STEPS = 30


def parameters(name, shapes):
    """Uniform by fan-in, as single precision numbers."""
    rng = generator(f'parameters of {name}')
    drawn = {}
    for key, shape in shapes.items():
        fan_in = max(1, int(torch.tensor(shape[:-1]).prod()))
        limit = 0.1 if len(shape) == 1 else (3 / fan_in) ** 0.5
        drawn[key] = torch.tensor(single(rng.uniform(-limit, limit, shape).round(4)))
    return drawn


def dense(p, x):
    hidden = torch.tanh(x @ p['dense_1/kernel'] + p['dense_1/bias'])
    hidden = torch.relu(hidden @ p['dense_2/kernel'] + p['dense_2/bias'])
    return hidden @ p['dense_3/kernel'] + p['dense_3/bias']


def convolution(x, kernel, bias):
    result = F.conv2d(to_nchw(x), kernel.permute(3, 2, 0, 1).contiguous(), padding=1)
    return to_nhwc(result) + bias


def pool(x):
    return to_nhwc(F.max_pool2d(to_nchw(x).contiguous(), 2))


def convolutional(p, x):
    hidden = pool(torch.relu(convolution(x, p['conv2d_1/kernel'], p['conv2d_1/bias'])))
    hidden = pool(torch.relu(convolution(hidden, p['conv2d_2/kernel'], p['conv2d_2/bias'])))
    return hidden.reshape(x.shape[0], -1) @ p['dense_1/kernel'] + p['dense_1/bias']


NETWORKS = {
    'dense': {
        'forward': dense,
        'input': (16, 7),
        'classes': 3,
        'shapes': {
            'dense_1/kernel': (7, 16), 'dense_1/bias': (16,), 'dense_2/kernel': (16, 8),
            'dense_2/bias': (8,), 'dense_3/kernel': (8, 3), 'dense_3/bias': (3,),
        },
    },
    'convolutional': {
        'forward': convolutional,
        'input': (8, 8, 8, 1),
        'classes': 4,
        'shapes': {
            'conv2d_1/kernel': (3, 3, 1, 4), 'conv2d_1/bias': (4,), 'conv2d_2/kernel': (3, 3, 4, 6),
            'conv2d_2/bias': (6,), 'dense_1/kernel': (24, 4), 'dense_1/bias': (4,),
        },
    },
}
OPTIMIZERS = {
    'sgd': lambda tensors: torch.optim.SGD(tensors, lr=0.1),
    'adam': lambda tensors: torch.optim.Adam(tensors, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
}


def train(forward, start, x, labels, make_optimizer):
    state = {key: value.clone().requires_grad_() for key, value in start.items()}
    optimizer = make_optimizer(list(state.values()))
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(state, x), labels)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return {
        'losses': [float(f'{loss:.10g}') for loss in losses],
        'parameters': {key: text(value) for key, value in state.items()},
    }


def networks():
    results = {}
    for name, network in NETWORKS.items():
        rng = generator(f'data of {name}')
        shape = network['input']
        x = torch.tensor(single(rng.uniform(-1, 1, shape).round(3)))
        # labels that can be learnt: the class of the largest of some fixed sums
        parts = x.reshape(shape[0], -1)[:, : network['classes']]
        labels = parts.argmax(dim=1)
        start = parameters(name, network['shapes'])
        results[name] = {
            'input': text(x),
            'labels': text(labels.to(torch.int32)),
            'parameters': {key: text(value) for key, value in start.items()},
            'logits': text(network['forward'](start, x)),
            'training': {
                optimizer: train(network['forward'], start, x, labels, make)
                for optimizer, make in OPTIMIZERS.items()
            },
        }
    return results

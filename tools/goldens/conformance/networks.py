"""Small networks in float64: outputs, and losses and parameters of training by PyTorch's own optimizers."""

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
        if key.endswith(('/gamma', '/movingVariance')):
            drawn[key] = torch.tensor(single(rng.uniform(0.5, 1.5, shape).round(4)))
            continue
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


def sequence(p, x):
    """Embeddings, normalized each, then their mean."""
    hidden = F.embedding(x, p['embedding_1/embeddings'])
    norm = 'layerNormalization_1'
    hidden = F.layer_norm(hidden, hidden.shape[-1:], p[f'{norm}/gamma'], p[f'{norm}/beta'], eps=EPSILON)
    return torch.tanh(hidden).mean(dim=1) @ p['dense_1/kernel'] + p['dense_1/bias']


def batch_normalized(p, x, training=False):
    """A convolution whose channels are normalized, and in training what becomes of the moving statistics.

    As in Keras they move towards the biased variance; F.batch_norm would take the unbiased one.
    """
    norm = 'batchNormalization_1'
    maps = F.conv2d(to_nchw(x), p['conv2d_1/kernel'].permute(3, 2, 0, 1).contiguous(), padding=1)
    mean, variance = p[f'{norm}/movingMean'], p[f'{norm}/movingVariance']
    # None: those of the batch
    statistics = (None, None) if training else (mean, variance)
    hidden = F.batch_norm(maps, *statistics, p[f'{norm}/gamma'], p[f'{norm}/beta'], training, eps=EPSILON)
    logits = torch.relu(hidden).mean(dim=(2, 3)) @ p['dense_1/kernel'] + p['dense_1/bias']
    if not training:
        return logits
    moved = {
        f'{norm}/movingMean': MOMENTUM * mean + (1 - MOMENTUM) * maps.mean(dim=(0, 2, 3)),
        f'{norm}/movingVariance': MOMENTUM * variance
        + (1 - MOMENTUM) * maps.var(dim=(0, 2, 3), unbiased=False),
    }
    return logits, moved


# float32 numbers
EPSILON, MOMENTUM = 2.0**-10, 0.875

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
    'sequence': {
        'forward': sequence,
        'input': (16, 6),
        'ids': 9,
        'classes': 3,
        'shapes': {
            'embedding_1/embeddings': (9, 8), 'layerNormalization_1/gamma': (8,),
            'layerNormalization_1/beta': (8,), 'dense_1/kernel': (8, 3), 'dense_1/bias': (3,),
        },
    },
    'batchNormalized': {
        'forward': batch_normalized,
        'moving': True,
        'input': (16, 6, 6, 2),
        'classes': 3,
        'shapes': {
            'conv2d_1/kernel': (3, 3, 2, 5), 'batchNormalization_1/gamma': (5,),
            'batchNormalization_1/beta': (5,), 'batchNormalization_1/movingMean': (5,),
            'batchNormalization_1/movingVariance': (5,), 'dense_1/kernel': (5, 3), 'dense_1/bias': (3,),
        },
    },
}
OPTIMIZERS = {
    'sgd': lambda tensors: torch.optim.SGD(tensors, lr=0.1),
    'adam': lambda tensors: torch.optim.Adam(tensors, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
}


def train(network, start, x, labels, make_optimizer):
    state = {key: value.clone() for key, value in start.items()}
    optimizer = make_optimizer(
        [value.requires_grad_() for key, value in state.items() if '/moving' not in key]
    )
    forward, moving = network['forward'], network.get('moving', False)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        logits, moved = forward(state, x, training=True) if moving else (forward(state, x), {})
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        state |= {key: value.detach() for key, value in moved.items()}
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
        ids = network.get('ids')
        x = torch.tensor(single(rng.uniform(-1, 1, shape).round(3)) if ids is None else rng.integers(0, ids, shape))
        # labels that can be learnt: the class of the largest of some fixed sums
        parts = x.reshape(shape[0], -1)[:, : network['classes']]
        labels = parts.argmax(dim=1)
        start = parameters(name, network['shapes'])
        results[name] = {
            'input': text(x if ids is None else x.to(torch.int32)),
            'labels': text(labels.to(torch.int32)),
            'parameters': {key: text(value) for key, value in start.items()},
            'logits': text(network['forward'](start, x)),
            'training': {
                optimizer: train(network, start, x, labels, make)
                for optimizer, make in OPTIMIZERS.items()
            },
        }
    return results

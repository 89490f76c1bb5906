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


def reordered(matrix, gates, order):
    """Blocks of columns in another order."""
    blocks = matrix.chunk(gates, dim=-1)
    return torch.cat([blocks[at] for at in order], dim=-1)


def recurrent_weights(p, name, gates, order):
    """Keras' kernels as PyTorch has them: rows are units, its own order of gates, two biases."""
    def of(key):
        return reordered(p[f'{name}/{key}'], gates, order)

    bias = of('bias')
    second = of('recurrentBias') if f'{name}/recurrentBias' in p else torch.zeros_like(bias)
    return [of('kernel').T, of('recurrentKernel').T, bias, second]


def recurrent(p, x):
    """An LSTM over the reversed sequence, then a GRU over its states in their first order; the last of its states."""
    options = {'has_biases': True, 'num_layers': 1, 'dropout': 0.0, 'train': True, 'bidirectional': False}
    zeros = [torch.zeros(1, x.shape[0], units, dtype=x.dtype) for units in (5, 4)]
    states, _, _ = torch._VF.lstm(
        x.flip(1), (zeros[0], zeros[0]), recurrent_weights(p, 'lstm_1', 4, (0, 1, 2, 3)),
        *options.values(), True,
    )
    # Keras: update, reset, candidate. PyTorch: reset, update, candidate.
    _, last = torch._VF.gru(
        states.flip(1), zeros[1], recurrent_weights(p, 'gru_1', 3, (1, 0, 2)), *options.values(), True
    )
    return last[0] @ p['dense_1/kernel'] + p['dense_1/bias']


def linear(p, name, x):
    return x @ p[f'{name}/kernel'] + p[f'{name}/bias']


def normalized(p, name, x):
    return F.layer_norm(x, x.shape[-1:], p[f'{name}/gamma'], p[f'{name}/beta'], eps=EPSILON)


def attention(p, x):
    """A block of a transformer's decoder, its norms before its parts, two heads, no query sees a later key."""
    hidden = F.embedding(x, p['embedding_1/embeddings']) + p['positions_1/embeddings']
    first = normalized(p, 'norm_1', hidden)
    # Without a bias of the keys: it moves all scores of a query alike, so that its gradient is rounding errors alone, which Adam
    # would make steps of.
    query, key, value = (
        part.unflatten(-1, (2, 4)).transpose(1, 2)
        for part in (
            linear(p, 'attention_1/query', first),
            first @ p['attention_1/key/kernel'],
            linear(p, 'attention_1/value', first),
        )
    )
    mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True).transpose(1, 2).flatten(2)
    hidden = hidden + linear(p, 'attention_1/output', mixed)
    wide = F.gelu(linear(p, 'dense_1', normalized(p, 'norm_2', hidden)))
    hidden = hidden + linear(p, 'dense_2', wide)
    return linear(p, 'dense_3', hidden.mean(dim=1))


def critic(p, x):
    """A convolution of stride 2, whose zeros stand as Keras' `same` has them, and two dense layers."""
    maps = F.conv2d(F.pad(to_nchw(x), (0, 1, 0, 1)), p['conv2d_1/kernel'].permute(3, 2, 0, 1).contiguous(), stride=2)
    hidden = F.leaky_relu(to_nhwc(maps) + p['conv2d_1/bias'], SLOPE)
    return linear(p, 'dense_2', torch.tanh(linear(p, 'dense_1', hidden.flatten(1))))


def steepness_penalty(forward, p, x):
    """Mean square of how far from 1 the slope of the logits' difference is at each example."""
    point = x.clone().requires_grad_()
    logits = forward(p, point)
    (slopes,) = torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), point, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


# float32 numbers
EPSILON, MOMENTUM, SLOPE = 2.0**-10, 0.875, 0.25

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
    'recurrent': {
        'forward': recurrent,
        'input': (16, 6, 3),
        'classes': 3,
        'shapes': {
            'lstm_1/kernel': (3, 20), 'lstm_1/recurrentKernel': (5, 20), 'lstm_1/bias': (20,),
            'gru_1/kernel': (5, 12), 'gru_1/recurrentKernel': (4, 12), 'gru_1/bias': (12,),
            'gru_1/recurrentBias': (12,), 'dense_1/kernel': (4, 3), 'dense_1/bias': (3,),
        },
    },
    'attention': {
        'forward': attention,
        'input': (16, 5),
        'ids': 7,
        'classes': 3,
        'shapes': {
            'embedding_1/embeddings': (7, 8), 'positions_1/embeddings': (5, 8),
            'norm_1/gamma': (8,), 'norm_1/beta': (8,), 'norm_2/gamma': (8,), 'norm_2/beta': (8,),
            'attention_1/query/kernel': (8, 8), 'attention_1/query/bias': (8,),
            'attention_1/key/kernel': (8, 8),
            'attention_1/value/kernel': (8, 8), 'attention_1/value/bias': (8,),
            'attention_1/output/kernel': (8, 8), 'attention_1/output/bias': (8,),
            'dense_1/kernel': (8, 16), 'dense_1/bias': (16,), 'dense_2/kernel': (16, 8),
            'dense_2/bias': (8,), 'dense_3/kernel': (8, 3), 'dense_3/bias': (3,),
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
    'critic': {
        'forward': critic,
        'penalty': steepness_penalty,
        'input': (16, 6, 6, 1),
        'classes': 2,
        'shapes': {
            'conv2d_1/kernel': (3, 3, 1, 4), 'conv2d_1/bias': (4,), 'dense_1/kernel': (36, 8),
            'dense_1/bias': (8,), 'dense_2/kernel': (8, 2), 'dense_2/bias': (2,),
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
        if 'penalty' in network:
            loss = loss + network['penalty'](forward, state, x)
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

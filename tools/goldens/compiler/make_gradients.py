"""Writes packages/compiler/test/vectors/gradients.json: first and second derivatives by JAX, in float64.

Run from anywhere, with jax and numpy installed:

    python tools/goldens/compiler/make_gradients.py

For each network the file holds its inputs, the loss, the gradient with respect to each parameter, and the
product of the Hessian with a vector, which is the gradient of the gradient along that vector. Inputs are float32
numbers, so that both sides start from the same.
"""

import json
import platform
from pathlib import Path

import jax

jax.config.update('jax_enable_x64', True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402

OUTPUT = Path(__file__).parents[3] / 'packages' / 'compiler' / 'test' / 'vectors' / 'gradients.json'
SEED = 20261123
random = np.random.default_rng(SEED)


def normal(*shape):
    return random.normal(size=shape).astype(np.float32).astype(np.float64)


def classifier(parameters, data):
    hidden = jax.nn.gelu(data['x'] @ parameters['w1'] + parameters['b1'], approximate=False)
    centred = hidden - hidden.mean(axis=1, keepdims=True)
    scaled = centred / jnp.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.5)
    logits = scaled * parameters['gain'] @ parameters['w2']
    log_probabilities = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(log_probabilities, data['label'][:, None], axis=1).mean()


def convolutional(parameters, data):
    image = lax.conv_general_dilated(
        data['image'], parameters['filter'], (2, 1), ((1, 1), (0, 1)),
        dimension_numbers=('NHWC', 'HWIO', 'NHWC'))
    active = jnp.tanh(image + parameters['bias'])
    pooled = lax.reduce_window(active, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 1, 2, 1), 'VALID')
    return (pooled.reshape(pooled.shape[0], -1) @ parameters['dense'] ** 2).mean()


def grouped(parameters, data):
    image = lax.conv_general_dilated(
        data['image'], parameters['filter'], (1, 1), ((2, 1), (0, 0)), rhs_dilation=(2, 1),
        dimension_numbers=('NHWC', 'HWIO', 'NHWC'), feature_group_count=2)
    ones = jnp.ones((1, *image.shape[1:3], 1))
    window, strides, padding = (1, 3, 2, 1), (1, 2, 2, 1), ((0, 0), (1, 1), (0, 1), (0, 0))
    total = lax.reduce_window(jax.nn.softplus(image), 0.0, lax.add, window, strides, padding)
    count = lax.reduce_window(ones, 0.0, lax.add, window, strides, padding)
    return (total / count).sum() + (image * parameters['scale']).var()


def embedding(parameters, data):
    rows = parameters['table'][data['ids']]
    score = (rows * jnp.sin(rows[:, :, ::-1])).sum(axis=-1)
    attention = jax.nn.softmax(score, axis=1)
    mixed = jnp.einsum('bt,btd->bd', attention, rows)
    # the second operand is padded and every other column taken again
    padded = jnp.pad(mixed, ((0, 0), (1, 2)))[:, ::2]
    return jnp.power(1.5 + jnp.abs(padded), parameters['power']).sum() + jnp.max(mixed * parameters['power'])


NETWORKS = {
    'classifier': (classifier, {
        'w1': normal(5, 7), 'b1': normal(7), 'gain': normal(7), 'w2': normal(7, 3),
    }, {'x': normal(4, 5), 'label': np.array([0, 2, 1, 2], dtype=np.int32)}),
    'convolutional': (convolutional, {
        'filter': normal(3, 3, 2, 4) / 2, 'bias': normal(4), 'dense': normal(16, 3),
    }, {'image': normal(2, 6, 5, 2)}),
    'grouped': (grouped, {
        'filter': normal(2, 3, 2, 6), 'scale': normal(6),
    }, {'image': normal(2, 5, 6, 4)}),
    'embedding': (embedding, {
        'table': normal(7, 4), 'power': np.float64(np.float32(1.75)),
    }, {'ids': np.array([[1, 3, 3], [6, 0, 3]], dtype=np.int32)}),
}


def stored(array):
    array = np.asarray(array)
    return {'dtype': 'int32' if array.dtype == np.int32 else 'float32',
            'shape': list(array.shape), 'data': array.ravel().tolist()}


def tree(values):
    return {name: stored(value) for name, value in values.items()}


def derivatives(name):
    loss, parameters, data = NETWORKS[name]
    vector = {key: normal(*np.shape(value)) for key, value in parameters.items()}

    def gradient(values):
        return jax.grad(loss)(values, data)

    value, first = jax.value_and_grad(loss)(parameters, data)
    _, second = jax.jvp(gradient, (parameters,), (vector,))
    return {'name': name, 'parameters': tree(parameters), 'data': tree(data),
            'vector': tree(vector), 'loss': float(value), 'gradient': tree(first),
            'hessianVectorProduct': tree(second)}


def main():
    document = {
        'generator': 'tools/goldens/compiler/make_gradients.py',
        'versions': {'python': platform.python_version(), 'jax': jax.__version__,
                     'jaxlib': jax.lib.__version__, 'numpy': np.__version__},
        'settings': {'jax_enable_x64': True, 'seed': SEED},
        'networks': [derivatives(name) for name in NETWORKS],
    }
    head = {name: value for name, value in document.items() if name != 'networks'}
    lines = [f'  {json.dumps(name)}: {json.dumps(value)}' for name, value in head.items()]
    networks = ',\n'.join('    ' + json.dumps(network) for network in document['networks'])
    lines.append(f'  "networks": [\n{networks}\n  ]')
    OUTPUT.write_text('{\n' + ',\n'.join(lines) + '\n}\n', encoding='utf-8')


if __name__ == '__main__':
    main()

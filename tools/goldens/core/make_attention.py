"""Writes packages/core/test/vectors/attention.json: attention by Keras on JAX and by PyTorch, and positions by NumPy, in float64.

Run from anywhere, with keras, jax, torch and numpy installed:

    python tools/goldens/core/make_attention.py

A case is a layer, its inputs, its variables and a cotangent; the gradients are those of the sum of output times cotangent, with
respect to inputs and variables. Inputs, variables and cotangents are float32 numbers; the rest is computed in float64. Variables have
the names and layouts of packages/core: Keras's axes of heads and their features are one, PyTorch's matrices are transposed. A position
case is rotated pair by pair as complex numbers, or filled element by element from the formula of Vaswani et al.
"""

import os

os.environ['KERAS_BACKEND'] = 'jax'

import jax

jax.config.update('jax_enable_x64', True)

import jax.numpy as jnp
import keras
import numpy as np
import torch
from keras import layers
from torch.nn import functional

from common import write

SEED = 20261126
BATCH, QUERIES, KEYS, FEATURES = 2, 4, 5, 6

keras.config.set_floatx('float64')
random = np.random.default_rng(SEED)


def numbers(*shape):
    """Normal numbers on a grid of 2^-10: float32, and short in decimal."""
    return np.round(random.normal(size=shape) * 0.7 * 1024) / 1024


def stored(array):
    array = np.asarray(array)
    return {'shape': array.shape, 'data': [float(f'{v:.15g}') for v in array.ravel()]}


def all_stored(arrays):
    return {name: stored(array) for name, array in arrays.items()}


def record(name, layer, options, inputs, variables, cotangent, output, gradients, mask=None):
    case = {
        'name': name,
        'layer': layer,
        'options': options,
        'inputs': all_stored(inputs),
        'variables': all_stored(variables),
        'cotangent': stored(cotangent),
        'output': stored(output),
        'gradients': all_stored(gradients),
    }
    return case if mask is None else case | {'mask': stored(np.asarray(mask).astype(int))}


def flat(name, array):
    """Keras's variables have an axis of heads: [features, heads, size], [heads, size], [heads, size, features]."""
    array = np.asarray(array)
    if name == 'output/kernel':
        return array.reshape(-1, array.shape[-1])
    if name == 'output/bias':
        return array
    return array.reshape(array.shape[0], -1) if name.endswith('kernel') else array.ravel()


def variable_name(variable):
    part, name = variable.path.split('/')[-2:]
    return f'{"output" if part == "attention_output" else part}/{name}'


def by_keras(name, options, built, inputs, mask=None):
    """`built` is the Keras layer that is the same as ours with `options`; `inputs` are query, value and perhaps key."""
    causal = options.get('causal', False)
    tensors = {n: numbers(*shape) for n, shape in inputs.items()}
    built.build(
        tensors['query'].shape, tensors.get('value', tensors['query']).shape,
        tensors['key'].shape if 'key' in tensors else None,
    )  # fmt: skip
    for variable in built.trainable_variables:
        variable.assign(numbers(*variable.shape))
    names = [variable_name(v) for v in built.trainable_variables]
    values = [v.value for v in built.trainable_variables]
    masked = {} if mask is None else {'attention_mask': jnp.asarray(mask if mask.ndim == 3 else mask[:, None, :])}

    def apply(given, values):
        query = given['query']
        # With scores Keras takes its own formula: JAX's kernel knows one size for keys and values.
        (output, _), _ = built.stateless_call(
            values, [v.value for v in built.non_trainable_variables], query, given.get('value', query), given.get('key'),
            use_causal_mask=causal, return_attention_scores=True, **masked,
        )  # fmt: skip
        return output

    given = {n: jnp.asarray(t) for n, t in tensors.items()}
    output = apply(given, values)
    cotangent = numbers(*output.shape)
    of_inputs, of_values = jax.grad(lambda g, v: jnp.sum(apply(g, v) * cotangent), (0, 1))(given, values)
    gradients = of_inputs | {n: flat(n, g) for n, g in zip(names, of_values)}
    variables = {n: flat(n, v) for n, v in zip(names, values)}
    return record(f'Keras: {name}', 'multiHeadAttention', options, tensors, variables, cotangent, output, gradients, mask)


SELF = {'query': (BATCH, QUERIES, FEATURES)}
CROSS = SELF | {'value': (BATCH, KEYS, 3)}
ALL = CROSS | {'key': (BATCH, KEYS, 7)}
PADDING = np.arange(KEYS) < np.array([[5], [2]])


def keras_cases():
    attention = layers.MultiHeadAttention
    two, causal = {'heads': 2, 'keySize': 3}, {'causal': True}
    yield by_keras('self', two, attention(2, 3), SELF)
    yield by_keras('self, causal', two | causal, attention(2, 3), SELF)
    yield by_keras('one head, one key feature', {'heads': 1, 'keySize': 1}, attention(1, 1), SELF)
    yield by_keras('no bias', two | {'useBias': False}, attention(2, 3, use_bias=False), SELF)
    sizes = {'heads': 3, 'keySize': 2, 'valueSize': 4, 'outputSize': 5}
    yield by_keras('all sizes', sizes, attention(3, 2, value_dim=4, output_shape=5), ALL)
    yield by_keras('cross', two, attention(2, 3), CROSS)
    yield by_keras('cross, causal', two | causal, attention(2, 3), CROSS)
    yield by_keras('cross, padding', two, attention(2, 3), CROSS, PADDING)
    each = random.random((BATCH, QUERIES, KEYS)) < 0.6
    each[:, :, 0] = True
    yield by_keras('cross, mask', two, attention(2, 3), CROSS, each)
    yield by_keras('cross, mask and causal', two | causal, attention(2, 3), CROSS, each)


def by_functional(name, options, masked):
    """`scaled_dot_product_attention` between products of ours: PyTorch's rule for queries that see no key."""
    heads, size = options['heads'], options['keySize']
    width = heads * size
    shapes = {'query/kernel': (FEATURES, width), 'key/kernel': (3, width), 'value/kernel': (3, width)}
    shapes |= {n.replace('kernel', 'bias'): (width,) for n in shapes}
    shapes |= {'output/kernel': (width, FEATURES), 'output/bias': (FEATURES,)}
    order = [f'{part}/{n}' for part in ['query', 'key', 'value', 'output'] for n in ['kernel', 'bias']]
    leaf = lambda shape: torch.tensor(numbers(*shape), requires_grad=True)
    variables = {n: leaf(shapes[n]) for n in order}
    inputs = {n: leaf(shape) for n, shape in CROSS.items()}

    def heads_of(part, x):
        y = x @ variables[f'{part}/kernel'] + variables[f'{part}/bias']
        return y.unflatten(-1, (heads, size)).transpose(1, 2)

    query, value = inputs['query'], inputs['value']
    mask = torch.tensor(masked)
    seen = mask if mask.ndim == 3 else mask[:, None, :]
    if options.get('causal'):
        seen = seen & torch.ones(QUERIES, KEYS, dtype=torch.bool).tril()
    seen = seen.expand(BATCH, QUERIES, KEYS)[:, None]
    attended = functional.scaled_dot_product_attention(
        heads_of('query', query), heads_of('key', value), heads_of('value', value), attn_mask=seen
    )
    output = attended.transpose(1, 2).flatten(-2) @ variables['output/kernel'] + variables['output/bias']
    cotangent = numbers(*output.shape)
    (output * torch.tensor(cotangent)).sum().backward()
    detached = lambda tensors: {n: t.detach() for n, t in tensors.items()}
    gradients = {n: t.grad for n, t in (inputs | variables).items()}
    return record(
        f'PyTorch: {name}', 'multiHeadAttention', options, detached(inputs), detached(variables), cotangent,
        output.detach(), gradients, masked,
    )  # fmt: skip


def of_module(module):
    """Variables, or gradients with `pick`, of `torch.nn.MultiheadAttention` under our names."""

    def named(pick):
        rows = np.split(np.asarray(pick(module.in_proj_weight)), 3)
        biases = np.split(np.asarray(pick(module.in_proj_bias)), 3)
        parts = ['query', 'key', 'value']
        of_parts = {}
        for part, row, bias in zip(parts, rows, biases):
            of_parts |= {f'{part}/kernel': row.T, f'{part}/bias': bias}
        output = module.out_proj
        return of_parts | {'output/kernel': np.asarray(pick(output.weight)).T, 'output/bias': np.asarray(pick(output.bias))}

    return named(lambda t: t.detach().numpy()), lambda: named(lambda t: t.grad.numpy())


def by_module():
    module = torch.nn.MultiheadAttention(FEATURES, 3, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.tensor(numbers(*parameter.shape)))
    x = torch.tensor(numbers(BATCH, QUERIES, FEATURES), requires_grad=True)
    hidden = ~torch.ones(QUERIES, QUERIES, dtype=torch.bool).tril()
    output, _ = module(x, x, x, attn_mask=hidden)
    cotangent = numbers(*output.shape)
    (output * torch.tensor(cotangent)).sum().backward()
    variables, gradients = of_module(module)
    options = {'heads': 3, 'causal': True}
    return record(
        'PyTorch: module, causal', 'multiHeadAttention', options, {'query': x.detach()}, variables, cotangent,
        output.detach(), {'query': x.grad} | gradients(),
    )  # fmt: skip


def torch_cases():
    two = {'heads': 2, 'keySize': 3}
    nothing = np.arange(KEYS) < np.array([[3], [0]])
    yield by_functional('a batch without keys', two, nothing)
    each = random.random((BATCH, QUERIES, KEYS)) < 0.5
    each[0, 1] = False
    yield by_functional('a query without keys', two, each)
    late = np.arange(KEYS) >= np.array([[1], [4]])
    yield by_functional('masked and causal until nothing is left', two | {'causal': True}, late)
    yield by_module()


def rotary(time, size, base, positions=None):
    """Features i and i + size/2 as real and imaginary part."""
    x = numbers(2, time, size)
    at = np.arange(time) if positions is None else np.array(positions)
    half = size // 2
    turns = np.exp(1j * at[:, None] * base ** (-np.arange(half) / half))
    turned = (x[..., :half] + 1j * x[..., half:]) * turns
    output = np.concatenate([turned.real, turned.imag], -1)
    case = {'base': base, 'x': stored(x), 'output': stored(output)}
    return case if positions is None else case | {'positions': positions}


def sinusoidal(time, size):
    """PE(p, 2i) = sin(p / 10000^(2i/size)), PE(p, 2i+1) = cos of the same."""
    table = np.zeros((time, size))
    for p in range(time):
        for column in range(size):
            angle = p / 10000 ** ((column - column % 2) / size)
            table[p, column] = np.cos(angle) if column % 2 else np.sin(angle)
    return {'output': stored(table)}


def main():
    content = {
        'seed': SEED,
        'cases': [*keras_cases(), *torch_cases()],
        'rotary': [rotary(5, 4, 10000), rotary(1, 2, 10000), rotary(3, 6, 100), rotary(4, 8, 10000, [7, 0, 100, 3])],
        'sinusoidal': [sinusoidal(5, 4), sinusoidal(1, 2), sinusoidal(40, 7)],
    }
    write(__file__, ['keras', 'jax', 'torch', 'numpy'], content)


main()

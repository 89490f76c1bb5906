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


def of_attention(module, pick):
    """What `pick` takes of each variable of `torch.nn.MultiheadAttention`, under our names."""
    rows = np.split(pick(module.in_proj_weight), 3)
    biases = np.split(pick(module.in_proj_bias), 3)
    parts = {}
    for part, row, bias in zip(['query', 'key', 'value'], rows, biases):
        parts |= {f'{part}/kernel': row.T, f'{part}/bias': bias}
    output = module.out_proj
    return parts | {'output/kernel': pick(output.weight).T, 'output/bias': pick(output.bias)}


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
    variables = of_attention(module, lambda t: t.detach().numpy())
    gradients = of_attention(module, lambda t: t.grad.numpy())
    options = {'heads': 3, 'causal': True}
    return record(
        'PyTorch: module, causal', 'multiHeadAttention', options, {'query': x.detach()}, variables, cotangent,
        output.detach(), {'query': x.grad} | gradients,
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


def of_block(module, attentions, norms):
    """Variables, or their gradients, of a PyTorch block under our names, in the order in which ours asks for them."""

    def named(pick):
        parts = {}
        for name, attention in attentions.items():
            parts |= {f'{name}/{n}': v for n, v in of_attention(attention, pick).items()}
        for name, linear in {'inner': module.linear1, 'outer': module.linear2}.items():
            parts |= {f'feedForward/{name}/kernel': pick(linear.weight).T, f'feedForward/{name}/bias': pick(linear.bias)}
        for name, norm in norms.items():
            parts |= {f'{name}Normalization/gamma': pick(norm.weight), f'{name}Normalization/beta': pick(norm.bias)}
        return parts

    return named


def by_block(name, layer, options, norm_first, encoded=False, mask=None):
    """`torch.nn.TransformerEncoderLayer` or `TransformerDecoderLayer`, in training mode without dropout."""
    settings = {'dropout': 0.0, 'activation': 'gelu', 'batch_first': True, 'norm_first': norm_first, 'dtype': torch.float64}
    make = torch.nn.TransformerDecoderLayer if encoded else torch.nn.TransformerEncoderLayer
    module = make(FEATURES, options['heads'], options['feedForwardSize'], **settings)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.tensor(numbers(*parameter.shape)))
    leaf = lambda *shape: torch.tensor(numbers(*shape), requires_grad=True)
    inputs = {'input': leaf(BATCH, QUERIES, FEATURES)}
    future = ~torch.ones(QUERIES, QUERIES, dtype=torch.bool).tril() if layer == 'transformerDecoderBlock' else None
    hidden = None if mask is None else ~torch.tensor(mask)
    attentions, norms = {'selfAttention': module.self_attn}, {'selfAttention': module.norm1}
    if encoded:
        inputs['encoded'] = leaf(BATCH, KEYS, FEATURES)
        attentions['crossAttention'] = module.multihead_attn
        norms |= {'crossAttention': module.norm2, 'feedForward': module.norm3}
        output = module(inputs['input'], inputs['encoded'], tgt_mask=future, memory_key_padding_mask=hidden)
    else:
        norms['feedForward'] = module.norm2
        output = module(inputs['input'], src_mask=future, src_key_padding_mask=hidden)
    cotangent = numbers(*output.shape)
    (output * torch.tensor(cotangent)).sum().backward()
    named = of_block(module, attentions, norms)
    gradients = {n: x.grad for n, x in inputs.items()} | named(lambda t: t.grad.numpy())
    return record(
        f'PyTorch: {name}', layer, options | ({} if norm_first else {'normFirst': False}),
        {n: x.detach() for n, x in inputs.items()}, named(lambda t: t.detach().numpy()), cotangent, output.detach(),
        gradients, mask,
    )  # fmt: skip


def blocks():
    options = {'heads': 2, 'feedForwardSize': 5}
    padding = np.arange(QUERIES) < np.array([[4], [2]])
    for norm_first in [True, False]:
        norm = 'before' if norm_first else 'after'
        encoder, decoder = 'transformerEncoderBlock', 'transformerDecoderBlock'
        yield by_block(f'encoder, normalized {norm}', encoder, options, norm_first)
        yield by_block(f'encoder with padding, normalized {norm}', encoder, options, norm_first, mask=padding)
        yield by_block(f'decoder alone, normalized {norm}', decoder, options, norm_first)
        yield by_block(f'decoder, normalized {norm}', decoder, options, norm_first, encoded=True)
        yield by_block(f'decoder with padding, normalized {norm}', decoder, options, norm_first, True, PADDING)


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
        'cases': [*keras_cases(), *torch_cases(), *blocks()],
        'rotary': [rotary(5, 4, 10000), rotary(1, 2, 10000), rotary(3, 6, 100), rotary(4, 8, 10000, [7, 0, 100, 3])],
        'sinusoidal': [sinusoidal(5, 4), sinusoidal(1, 2), sinusoidal(40, 7)],
    }
    write(__file__, ['keras', 'jax', 'torch', 'numpy'], content)


main()

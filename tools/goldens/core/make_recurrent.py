"""Writes packages/core/test/vectors/recurrent.json: recurrent layers by Keras on JAX and by PyTorch, in float64.

Run from anywhere, with keras, jax, torch and numpy installed:

    python tools/goldens/core/make_recurrent.py

A case is a layer, an input, perhaps a mask, its variables and a cotangent; the gradients are those of the sum of output times
cotangent. A run trains an embedding of letters, an LSTM and a dense layer for 30 steps on whole sequences. Inputs, variables and
cotangents are float32 numbers; the rest is computed in float64. Variables have the names and layouts of packages/core: PyTorch's are
transposed, its gates put in Keras' order, and its second bias is zero but for the GRU.
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
BATCH, TIME, FEATURES, UNITS = 3, 5, 4, 2

keras.config.set_floatx('float64')
random = np.random.default_rng(SEED)


# Keras' tanh on JAX computes in float32.
@keras.saving.register_keras_serializable()
def tanh(x):
    return jnp.tanh(x)


PLAIN = {'activation': tanh}
GATED = PLAIN | {'recurrent_activation': 'sigmoid'}
NAMES = {'kernel': 'kernel', 'recurrent_kernel': 'recurrentKernel', 'bias': 'bias'}
MASK = np.arange(TIME) < np.array([[5], [2], [0]])


def numbers(*shape):
    """Normal numbers on a grid of 2^-10: float32, and short in decimal."""
    return np.round(random.normal(size=shape) * 0.7 * 1024) / 1024


def stored(array):
    array = np.asarray(array)
    return {'shape': array.shape, 'data': [float(f'{v:.15g}') for v in array.ravel()]}


def record(name, layer, options, x, variables, cotangent, output, gradients, mask=None):
    case = {
        'name': name,
        'layer': layer,
        'options': options,
        'input': stored(x),
        'variables': {n: stored(v) for n, v in variables.items()},
        'cotangent': stored(cotangent),
        'output': stored(output),
        'gradients': {n: stored(g) for n, g in gradients.items()},
    }
    return case if mask is None else case | {'mask': stored(mask.astype(int))}


def by_keras(name, layer, options, built, mask=None):
    """`built` is a Keras layer that is the same as ours with `options`."""
    x = numbers(BATCH, TIME, FEATURES)
    built.build(x.shape)
    for variable in built.trainable_variables:
        variable.assign(numbers(*variable.shape))
    names = [NAMES[v.name] for v in built.trainable_variables]
    if isinstance(built, layers.Bidirectional):
        names = [f'{side}/{n}' for side, n in zip(['forward'] * 3 + ['reverse'] * 3, names)]
    values = [v.value for v in built.trainable_variables]

    def apply(x, values):
        masked = {} if mask is None else {'mask': jnp.asarray(mask)}
        output, _ = built.stateless_call(values, built.non_trainable_variables, x, **masked)
        # Keras returns reversed sequences in the order of computation, we in that of time.
        return jnp.flip(output, 1) if options.get('direction') == 'reverse' and output.ndim == 3 else output

    output = apply(jnp.asarray(x), values)
    cotangent = numbers(*output.shape)
    gradients = jax.grad(lambda x, values: jnp.sum(apply(x, values) * cotangent), (0, 1))(jnp.asarray(x), values)
    named = {'input': gradients[0]} | dict(zip(names, gradients[1]))
    return record(f'Keras: {name}', layer, options, x, dict(zip(names, values)), cotangent, output, named, mask)


def keras_cases():
    sequences, all_steps = {'return_sequences': True}, {'returnSequences': True}
    kinds = [
        ('simpleRnn', layers.SimpleRNN, PLAIN, {}, {}),
        ('lstm', layers.LSTM, GATED, {}, {}),
        ('gru', layers.GRU, GATED, {}, {}),
        ('gru', layers.GRU, GATED, {'reset_after': False}, {'resetAfter': False}),
    ]
    for layer, keras_layer, functions, theirs, ours in kinds:
        name = f'{layer} {ours}' if ours else layer
        make = lambda more: keras_layer(UNITS, **functions, **theirs, **more)
        yield by_keras(name, layer, ours, make({}))
        yield by_keras(f'{name}, sequences', layer, ours | all_steps, make(sequences))
        yield by_keras(f'{name}, no bias', layer, ours | {'useBias': False}, make({'use_bias': False}))
        yield by_keras(f'{name}, masked', layer, ours, make({}), MASK)
        yield by_keras(f'{name}, masked sequences', layer, ours | all_steps, make(sequences), MASK)
        backwards = ours | all_steps | {'direction': 'reverse'}
        yield by_keras(f'{name}, reverse', layer, backwards, make(sequences | {'go_backwards': True}))
    relu = {'activation': 'relu', 'recurrent_activation': 'sigmoid'}
    yield by_keras('lstm with relu', 'lstm', {'activation': 'relu'}, layers.LSTM(UNITS, **relu))
    for mode, ours in [('concat', 'concat'), ('sum', 'sum'), ('ave', 'average'), ('mul', 'multiply')]:
        inner = layers.LSTM(UNITS, **GATED, **sequences)
        both = layers.Bidirectional(inner, merge_mode=mode)
        yield by_keras(f'bidirectional {ours}', 'bidirectional', {'mergeMode': ours}, both)


# Rows of PyTorch's matrices, as blocks of one gate each, in our order.
ORDERS = {'simpleRnn': [0], 'lstm': [0, 1, 2, 3], 'gru': [1, 0, 2]}
MODULES = {'simpleRnn': torch.nn.RNN, 'lstm': torch.nn.LSTM, 'gru': torch.nn.GRU}


def reordered(layer, rows):
    blocks = np.split(np.asarray(rows), len(ORDERS[layer]))
    return np.concatenate([blocks[at] for at in ORDERS[layer]])


def of_torch(layer, tensors):
    """PyTorch's four tensors, or their gradients, under our names."""
    input_rows, hidden_rows, input_bias, hidden_bias = [reordered(layer, t.detach()) for t in tensors]
    bias = np.stack([input_bias, hidden_bias]) if layer == 'gru' else input_bias
    return {'kernel': input_rows.T, 'recurrentKernel': hidden_rows.T, 'bias': bias}


def module_of(layer, features, units):
    module = MODULES[layer](features, units, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.tensor(numbers(*parameter.shape)))
            if name == 'bias_hh_l0' and layer != 'gru':
                parameter.zero_()
    return module


def torch_cases():
    for layer in MODULES:
        module = module_of(layer, FEATURES, UNITS)
        x = torch.tensor(numbers(BATCH, TIME, FEATURES), requires_grad=True)
        output, _ = module(x)
        cotangent = torch.tensor(numbers(*output.shape))
        (output * cotangent).sum().backward()
        parameters = list(module.parameters())
        gradients = {'input': x.grad} | of_torch(layer, [p.grad for p in parameters])
        variables = of_torch(layer, parameters)
        options = {'returnSequences': True}
        yield record(f'PyTorch: {layer}', layer, options, x.detach(), variables, cotangent, output.detach(), gradients)


LETTERS, STEPS = 6, 30
OPTIMIZERS = {
    'sgd': lambda v: torch.optim.SGD(v, lr=0.125, momentum=0.75),
    'adam': lambda v: torch.optim.Adam(v, lr=0.03125),
}


def training(layer, optimizer):
    """Learns the next letter of sequences that all steps see."""
    ids = random.integers(0, LETTERS, (4, 8))
    module = module_of(layer, LETTERS, 5)
    kernel = torch.tensor(numbers(5, LETTERS), requires_grad=True)
    bias = torch.tensor(numbers(LETTERS), requires_grad=True)
    recurrent = list(module.parameters())
    if layer != 'gru':
        recurrent[3].requires_grad_(False)

    def variables():
        named = of_torch(layer, recurrent)
        dense = {'dense_1/kernel': kernel.detach().numpy().copy(), 'dense_1/bias': bias.detach().numpy().copy()}
        return {f'{layer}_1/{n}': stored(v) for n, v in named.items()} | {n: stored(v) for n, v in dense.items()}

    first, losses = variables(), []
    descent = OPTIMIZERS[optimizer]([p for p in [*recurrent, kernel, bias] if p.requires_grad])
    rows = functional.one_hot(torch.tensor(ids[:, :-1]), LETTERS).double()
    label = torch.tensor(ids[:, 1:])
    for _ in range(STEPS):
        logits = module(rows)[0] @ kernel + bias
        loss = functional.cross_entropy(logits.flatten(0, 1), label.flatten())
        descent.zero_grad()
        loss.backward()
        descent.step()
        losses.append(loss.item())
    return {
        'layer': layer, 'optimizer': optimizer, 'ids': ids.tolist(), 'first': first, 'losses': losses, 'last': variables(),
    }  # fmt: skip


def main():
    cases = [*keras_cases(), *torch_cases()]
    runs = [training(layer, optimizer) for layer in MODULES for optimizer in OPTIMIZERS]
    settings = {'letters': LETTERS, 'steps': STEPS, 'units': UNITS}
    content = {'seed': SEED, 'settings': settings, 'cases': cases, 'runs': runs}
    write(__file__, ['keras', 'jax', 'torch', 'numpy'], content)


main()

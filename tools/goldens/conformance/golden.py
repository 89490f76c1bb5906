"""Turns one line into one golden case: inputs, output, gradients, and second-order gradients on demand."""

import torch

from operators import NO_GRADIENT, OPERATORS
from tensors import generator, text, uniform

CASES = {}


def case(operator, name, *inputs, special=False, gradient=None, second=False, **attributes):
    """
    Adds the case `operator/name`.

    gradient: 'smooth' where central differences hold, 'analytic' at kinks, ties and extremes, where
    they do not, 'none'. By default 'smooth' for operators that have a gradient and float32 operands.
    """
    identifier = f'{operator}/{name}'
    assert identifier not in CASES, identifier
    rng = generator(identifier)
    tensors = [draw(rng) for draw in inputs]
    floats = [tensor.is_floating_point() for tensor in tensors]
    kind = gradient or default_gradient(operator, floats, special)
    if kind != 'none':
        tensors = [t.requires_grad_() if real else t for t, real in zip(tensors, floats)]
    output = OPERATORS[operator](*tensors, **attributes)
    entry = {'operator': operator, 'attributes': attributes}
    entry['inputs'] = [text(tensor) for tensor in tensors]
    entry['output'] = text(output)
    if special:
        entry['special'] = True
    if kind != 'none' and output.is_floating_point():
        entry['gradient'] = kind
        add_gradients(entry, rng, tensors, floats, output, second)
    CASES[identifier] = entry


def default_gradient(operator, floats, special):
    return 'none' if special or operator in NO_GRADIENT or not any(floats) else 'smooth'


def add_gradients(entry, rng, tensors, floats, output, second):
    """Gradients of the output's weighted sum, and of the gradients' weighted sum."""
    targets = [tensor for tensor, real in zip(tensors, floats) if real]
    weights = draw_weights(rng, output)
    loss = (output * weights).sum()
    gradients = gradients_of(loss, targets, create_graph=second)
    entry['weights'] = text(weights)
    entry['gradients'] = [text(gradient) for gradient in gradients]
    if second:
        weights = [draw_weights(rng, gradient) for gradient in gradients]
        loss = sum((g * w).sum() for g, w in zip(gradients, weights))
        entry['secondWeights'] = [text(weight) for weight in weights]
        entry['secondGradients'] = [text(g) for g in gradients_of(loss, targets)]


def draw_weights(rng, tensor):
    return uniform(tuple(tensor.shape), -1, 1)(rng)


def gradients_of(loss, targets, create_graph=False):
    if not loss.requires_grad:
        return [torch.zeros_like(target) for target in targets]
    found = torch.autograd.grad(loss, targets, create_graph=create_graph, allow_unused=True)
    return [torch.zeros_like(t) if g is None else g for g, t in zip(found, targets)]

"""Writes packages/core/test/vectors/losses.json: losses and their gradients by PyTorch in float64, weighed
ones confirmed by Keras.

Run from anywhere, with torch and keras installed:

    python tools/goldens/core/make_losses.py

Options are exact in float32, as which programs hold their constants.
"""

import os

os.environ['KERAS_BACKEND'] = 'torch'

import keras
import torch
import torch.nn.functional as F

from common import write

SEED = 20261123
REDUCTIONS = ['mean', 'sum', 'none']
generator = torch.Generator().manual_seed(SEED)


def normal(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale


def indices(limit, *shape):
    return torch.randint(0, limit, shape, generator=generator)


def extreme(*shape):
    """Logits of ±100, where exp overflows float32, and zeros."""
    choice = torch.tensor([-100.0, 0.0, 100.0], dtype=torch.float64)
    return choice[indices(3, *shape)]


def tensor(values):
    return {'shape': list(values.shape), 'data': values.flatten().tolist()}


def case(loss, options, predictions, targets, function):
    predictions = predictions.clone().requires_grad_()
    value = function(predictions, targets)
    value.sum().backward()
    return {
        'loss': loss,
        'options': options,
        'predictions': tensor(predictions.detach()),
        'targets': tensor(targets),
        'value': tensor(value.detach()),
        'gradient': predictions.grad.flatten().tolist(),
    }


def sparse(options, logits, labels):
    def function(x, y):
        value = F.cross_entropy(
            x.reshape(-1, x.shape[-1]),
            y.reshape(-1),
            reduction=options.get('reduction', 'mean'),
            label_smoothing=options.get('labelSmoothing', 0.0),
        )
        return value.reshape(y.shape) if options.get('reduction') == 'none' else value

    return case('sparseCategoricalCrossEntropy', options, logits, labels, function)


def categorical(options, logits, targets):
    def function(x, y):
        value = F.cross_entropy(
            x.reshape(-1, x.shape[-1]),
            y.reshape(-1, y.shape[-1]),
            reduction=options.get('reduction', 'mean'),
            label_smoothing=options.get('labelSmoothing', 0.0),
        )
        return value.reshape(y.shape[:-1]) if options.get('reduction') == 'none' else value

    return case('categoricalCrossEntropy', options, logits, targets, function)


def elementwise(loss, function, options, predictions, targets, **extra):
    reduction = options.get('reduction', 'mean')
    return case(loss, options, predictions, targets,
                lambda x, y: function(x, y, reduction=reduction, **extra))


def classes():
    for reduction in REDUCTIONS:
        options = {'reduction': reduction}
        yield sparse(options, normal(6, 5, scale=3), indices(5, 6))
        yield categorical(options, normal(6, 5, scale=3), normal(6, 5, scale=2).softmax(-1))
    for smoothing in [0.125, 1.0]:
        yield sparse({'labelSmoothing': smoothing}, normal(5, 4), indices(4, 5))
        yield categorical({'labelSmoothing': smoothing}, normal(5, 4), normal(5, 4).softmax(-1))
    for reduction in ['mean', 'none']:
        yield sparse({'reduction': reduction}, normal(2, 3, 4), indices(4, 2, 3))
        yield categorical({'reduction': reduction}, normal(2, 3, 4), normal(2, 3, 4).softmax(-1))
    yield sparse({}, extreme(20, 4), indices(4, 20))
    yield categorical({}, extreme(20, 4), F.one_hot(indices(4, 20), 4).double())
    yield sparse({}, normal(3, 1), indices(1, 3))


def binary():
    loss, function = 'binaryCrossEntropy', F.binary_cross_entropy_with_logits
    for reduction in REDUCTIONS:
        targets = indices(2, 4, 5).double()
        yield elementwise(loss, function, {'reduction': reduction}, normal(4, 5, scale=4), targets)
    yield elementwise(loss, function, {}, extreme(40), indices(2, 40).double())
    soft = torch.rand(30, generator=generator, dtype=torch.float64)
    yield elementwise(loss, function, {}, extreme(30), soft)


def regression():
    for loss, function in [('meanSquaredError', F.mse_loss), ('meanAbsoluteError', F.l1_loss)]:
        for reduction in REDUCTIONS:
            options = {'reduction': reduction}
            yield elementwise(loss, function, options, normal(3, 4), normal(3, 4))
        # equal operands, for the gradient at 0
        yield elementwise(loss, function, {}, indices(3, 20).double(), indices(3, 20).double())
    for reduction in REDUCTIONS:
        options = {'reduction': reduction, 'delta': 0.75}
        yield elementwise('huber', F.huber_loss, options, normal(3, 4), normal(3, 4), delta=0.75)
    # differences of 0 and of delta itself
    yield elementwise('huber', F.huber_loss, {}, indices(4, 30).double(), indices(4, 30).double())


def cross_entropy(x, y, smoothing):
    if y.shape != x.shape:
        y = F.one_hot(y, x.shape[-1]).double()
    y = y * (1 - smoothing) + smoothing / x.shape[-1]
    return -(y * x.log_softmax(-1)).sum(-1)


def binary_cross_entropy(x, y, smoothing):
    return F.binary_cross_entropy_with_logits(x, y * (1 - smoothing) + smoothing / 2, reduction='none')


LOGITS = {'from_logits': True}
VALUES = {
    'sparseCategoricalCrossEntropy': (cross_entropy, keras.losses.SparseCategoricalCrossentropy, LOGITS),
    'categoricalCrossEntropy': (cross_entropy, keras.losses.CategoricalCrossentropy, LOGITS),
    'binaryCrossEntropy': (binary_cross_entropy, keras.losses.BinaryCrossentropy, LOGITS),
    'meanSquaredError': (lambda x, y, _: (x - y) ** 2, keras.losses.MeanSquaredError, {}),
}


def weighed(loss, options, predictions, targets):
    """Sample weights, of the shape of the loss's values. Keras defines them, and confirms in float32."""
    values, make, form = VALUES[loss]
    smoothing = options.get('labelSmoothing', 0.0)
    weights = torch.rand(values(predictions, targets, 0.0).shape, generator=generator, dtype=torch.float64) * 2

    def function(x, y):
        value = (values(x, y, smoothing) * weights).mean()
        # Keras takes the mean over the last axis of these first: it gets one of a single element.
        last = (..., None) if x.shape == weights.shape else ...
        smoothed = {'label_smoothing': smoothing} if smoothing else {}
        confirmed = make(**form, **smoothed)(y[last], x[last], sample_weight=weights)
        torch.testing.assert_close(value.float(), confirmed.float())
        return value

    return case(loss, options, predictions, targets, function) | {'sampleWeight': tensor(weights)}


def masked(options, logits, labels):
    """PyTorch's labels to be ignored."""
    mask = indices(3, *labels.shape) > 0

    def function(x, y):
        kept = torch.where(mask, y, -100)
        value = F.cross_entropy(
            x.reshape(-1, x.shape[-1]),
            kept.reshape(-1),
            reduction=options.get('reduction', 'mean'),
            label_smoothing=options.get('labelSmoothing', 0.0),
        )
        return value.reshape(y.shape) if options.get('reduction') == 'none' else value

    return case('sparseCategoricalCrossEntropy', options, logits, labels, function) | {'mask': tensor(mask)}


def chosen(loss, function, predictions, targets):
    """The mean over the elements where a mask is true, weighed."""
    mask = indices(3, *predictions.shape) > 0
    weights = torch.rand(predictions.shape, generator=generator, dtype=torch.float64) * 2
    mean = lambda x, y: (function(x, y, reduction='none') * weights)[mask].mean()
    return case(loss, {}, predictions, targets, mean) | {'sampleWeight': tensor(weights), 'mask': tensor(mask)}


def parts():
    for loss in ['sparseCategoricalCrossEntropy', 'categoricalCrossEntropy']:
        targets = indices(4, 2, 3) if loss.startswith('sparse') else normal(2, 3, 4).softmax(-1)
        yield weighed(loss, {}, normal(2, 3, 4), targets)
    yield weighed('binaryCrossEntropy', {}, normal(3, 4), indices(2, 3, 4).double())
    yield weighed('binaryCrossEntropy', {'labelSmoothing': 0.25}, normal(3, 4), indices(2, 3, 4).double())
    one_hot = F.one_hot(indices(4, 5), 4).double()
    yield weighed('categoricalCrossEntropy', {'labelSmoothing': 0.25}, normal(5, 4), one_hot)
    yield weighed('meanSquaredError', {}, normal(3, 4), normal(3, 4))
    for options in [{}, {'reduction': 'sum'}, {'reduction': 'none'}, {'labelSmoothing': 0.125}]:
        yield masked(options, normal(3, 5, 4), indices(4, 3, 5))
    labels = indices(2, 4, 3).double()
    yield chosen('binaryCrossEntropy', F.binary_cross_entropy_with_logits, normal(4, 3), labels)
    yield chosen('meanAbsoluteError', F.l1_loss, normal(4, 3), normal(4, 3))
    yield chosen('huber', F.huber_loss, normal(4, 3), normal(4, 3))


cases = [*classes(), *binary(), *regression(), *parts()]
write(__file__, ['torch', 'keras'], {'seed': SEED, 'cases': cases})

"""Loss and all gradients of an LSTM by PyTorch, eagerly, on request: a line `check` is answered with the loss and the sum of squares of
each gradient, a line `run` with an empty line when it is done.

    python3 torch_lstm.py FILE THREADS BATCH TIME FEATURES UNITS

FILE holds float32 numbers: the input, kernel [features, 4·units], recurrent kernel and bias, gates i, f, g, o.
"""

import json
import sys

import torch

file, *numbers = sys.argv[1:]
threads, batch, time, features, units = map(int, numbers)
torch.set_num_threads(threads)
values = torch.frombuffer(bytearray(open(file, 'rb').read()), dtype=torch.float32)
sizes = [batch * time * features, features * 4 * units, units * 4 * units, 4 * units]
x, kernel, recurrent, bias = values.split(sizes)
module = torch.nn.LSTM(features, units, batch_first=True)
with torch.no_grad():
    module.weight_ih_l0.copy_(kernel.view(features, -1).T)
    module.weight_hh_l0.copy_(recurrent.view(units, -1).T)
    module.bias_ih_l0.copy_(bias)
    module.bias_hh_l0.zero_()
x = x.view(batch, time, features)


def step():
    module.zero_grad(set_to_none=True)
    _, (hidden, _) = module(x)
    loss = hidden.square().mean()
    loss.backward()
    return loss


for line in sys.stdin:
    loss = step()
    if line.strip() == 'check':
        gradients = [module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0]
        print(json.dumps([loss.item(), *[p.grad.square().sum().item() for p in gradients]]), flush=True)
    else:
        print(flush=True)

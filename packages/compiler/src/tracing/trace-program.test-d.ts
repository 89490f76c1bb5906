import type { Tensor, TensorType } from '../index.ts';
import { add, tensor, traceProgram } from '../index.ts';

const inputs = {
  image: tensor('float32', ['batch', 28]),
  state: { step: tensor('int32', []), moments: [tensor('float32', []), tensor('float32', [])] },
  pair: [tensor('float32', []), 'label'] as const,
};

traceProgram('types', inputs, (symbols) => {
  const image: Tensor = symbols.image;
  const step: Tensor = symbols.state.step;
  const moments: readonly Tensor[] = symbols.state.moments;
  const [first, label]: readonly [Tensor, 'label'] = symbols.pair;

  // @ts-expect-error: a misspelt input does not exist.
  symbols.imgae;
  // @ts-expect-error: so does a misspelt leaf of a tree.
  symbols.state.steps;
  // @ts-expect-error: symbols are tensors, not declarations.
  const declared: TensorType = symbols.image;
  // @ts-expect-error: a tuple has its length.
  symbols.pair[2];
  // @ts-expect-error: a tree of tensors is not a tensor.
  add(symbols.state, 1);

  return { sum: add(image, step), moments, first, label, declared };
});

// @ts-expect-error: an unknown dtype.
tensor('float64', []);

// @ts-expect-error: a promise is not a tree of outputs.
traceProgram('asynchronous', inputs, async ({ image }) => ({ image }));

// @ts-expect-error: a tensor needs a name to be an output.
traceProgram('unnamed', inputs, ({ image }) => image);

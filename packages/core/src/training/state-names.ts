import type { HostTensor } from '@etalon/spec';
import type { Variables } from '../model/variables.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { initializeOptimizer } from '../optimizers/optimizer-state.ts';
import { partition } from './one-step.ts';

type Tensors = Readonly<Record<string, HostTensor>>;

/** Returns the state before the first step by program input name: variables, and slots of zeros for what is trained. */
export function firstState(
  variables: Variables<HostTensor>,
  optimizer: Optimizer,
  isTrained: (path: string) => boolean,
): Tensors {
  const { trained } = partition(variables.parameters, isTrained);
  const slots = Object.entries(initializeOptimizer(optimizer, trained).slots);
  return {
    ...withPrefix('parameters', variables.parameters),
    ...withPrefix('state', variables.state),
    ...Object.assign({}, ...slots.map(([slot, values]) => withPrefix(`slots/${slot}`, values))),
  };
}

/** Returns the variables among the tensors of a state. */
export function variablesOf(tensors: Tensors): Variables<HostTensor> {
  return {
    parameters: withoutPrefix('parameters', tensors),
    state: withoutPrefix('state', tensors),
  };
}

function withPrefix(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([path, tensor]) => [`${prefix}/${path}`, tensor]),
  );
}

function withoutPrefix(prefix: string, tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(`${prefix}/`))
      .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
  );
}

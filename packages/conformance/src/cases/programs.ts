import type { Tensor } from '@etalon/compiler';
import {
  add,
  bindInputShapes,
  drawUniform,
  evaluateShape,
  foldInString,
  gradient,
  mul,
  randomKey,
  reduceSum,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { CaseRun, ConformanceCase, HostTensors, Tensors } from './case.ts';
import { countOf } from './host-tensor.ts';

/** How often a case's program is differentiated. */
export type Order = 'value' | 'gradient' | 'second';

/** Seed of the weights that no golden file brings. */
const WEIGHT_SEED = 7;

const traced = new WeakMap<ConformanceCase, Map<Order, ProgramV1>>();

/**
 * Returns the program of a case: its values, the gradient of their weighted sum, or the gradient of the
 * gradients' weighted sum. Weights are inputs, `weights/<output>` and `secondWeights/<input>`; gradients
 * are outputs named `gradient/<input>`.
 */
export function programOf(subject: ConformanceCase, order: Order): ProgramV1 {
  const known = traced.get(subject) ?? new Map<Order, ProgramV1>();
  traced.set(subject, known);
  const program = known.get(order) ?? trace(subject, order);
  known.set(order, program);
  return program;
}

function trace(subject: ConformanceCase, order: Order): ProgramV1 {
  const { id, types, build } = subject;
  if (order === 'value') return traceProgram(id, types, (inputs) => build(inputs));
  const values = programOf(subject, 'value');
  const weightTypes = Object.fromEntries(
    floatOutputs(values).map(({ name, shape }) => [`weights/${name}`, tensor('float32', shape)]),
  );
  const floats = Object.entries(types).filter(([, { dtype }]) => dtype === 'float32');
  const secondTypes = Object.fromEntries(
    floats.map(([name, { shape }]) => [`secondWeights/${name}`, tensor('float32', shape)]),
  );
  const first = (all: Tensors, varied: Tensors): Tensors =>
    gradient((point: Tensors) => {
      const own = Object.keys(types).map((name): [string, Tensor] => [
        name,
        pick(all, point, name),
      ]);
      return weightedSum(build(Object.fromEntries(own)), all, 'weights');
    })(varied);
  const only = (all: Tensors): Tensors =>
    Object.fromEntries(floats.map(([name]) => [name, pick(all, {}, name)]));
  if (order === 'gradient') {
    return traceProgram(`gradient of ${id}`, { ...types, ...weightTypes }, (all) =>
      prefixed(first(all, only(all))),
    );
  }
  const everything = { ...types, ...weightTypes, ...secondTypes };
  return traceProgram(`second-order gradient of ${id}`, everything, (all) =>
    prefixed(
      gradient((point: Tensors) => weightedSum(first(all, point), all, 'secondWeights'))(only(all)),
    ),
  );
}

function pick(all: Tensors, first: Tensors, name: string): Tensor {
  const found = first[name] ?? all[name];
  if (found !== undefined) return found;
  throw new InternalError('INTERNAL_VALUE', `conformance: a case has no input "${name}".`);
}

function weightedSum(outputs: Tensors, all: Tensors, prefix: string): Tensor {
  const terms = Object.entries(outputs)
    .filter(([, { dtype }]) => dtype === 'float32')
    .map(([name, output]) => reduceSum(mul(output, pick(all, {}, `${prefix}/${name}`))));
  return terms.reduce((sum, term) => add(sum, term));
}

function prefixed(gradients: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, value]) => [`gradient/${name}`, value]),
  );
}

function floatOutputs(program: ProgramV1) {
  return program.outputs.flatMap(({ name, value }) => {
    const type = program.values[value];
    return type?.dtype === 'float32' ? [{ name, shape: type.shape }] : [];
  });
}

/** Returns the inputs of a case's program for one run, weights included. */
export function inputsOf(subject: ConformanceCase, run: CaseRun, order: Order): HostTensors {
  if (order === 'value') return run.inputs;
  const values = programOf(subject, 'value');
  const shapes = Object.fromEntries(
    Object.entries(run.inputs).map(([name, { shape }]) => [name, shape]),
  );
  const bindings = bindInputShapes(values, shapes);
  const weights = floatOutputs(values).map(({ name, shape }): [string, HostTensor] => [
    `weights/${name}`,
    run.weights?.[name] ?? seededWeights(`${subject.id}/${name}`, evaluateShape(shape, bindings)),
  ]);
  const withWeights = { ...run.inputs, ...Object.fromEntries(weights) };
  if (order === 'gradient') return withWeights;
  const second = Object.entries(run.inputs)
    .filter(([, { dtype }]) => dtype === 'float32')
    .map(([name, { shape }]): [string, HostTensor] => [
      `secondWeights/${name}`,
      run.secondWeights?.[name] ?? seededWeights(`${subject.id}/second/${name}`, shape),
    ]);
  return { ...withWeights, ...Object.fromEntries(second) };
}

function seededWeights(id: string, shape: readonly number[]): HostTensor {
  const key = foldInString(randomKey(WEIGHT_SEED), id);
  return { dtype: 'float32', shape, data: drawUniform(key, countOf(shape), { low: -1, high: 1 }) };
}

/** Returns what is expected of a run from outside, by the output names of the case's program. */
export function expectedOf(run: CaseRun, order: Order): HostTensors | undefined {
  if (order === 'value') return run.expected?.outputs;
  const gradients = order === 'gradient' ? run.expected?.gradients : run.expected?.secondGradients;
  return (
    gradients &&
    Object.fromEntries(
      Object.entries(gradients).map(([name, value]) => [`gradient/${name}`, value]),
    )
  );
}

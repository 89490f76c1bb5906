import type { NodeOf, NodeV1, ValueId } from '@etalon/spec';
import { add } from '../operators/elementwise.ts';
import { filled } from '../operators/indexing.ts';
import { scan } from '../operators/scan.ts';
import type { CopySource } from '../tracing/copy-nodes.ts';
import { copied, copyNodes } from '../tracing/copy-nodes.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { Trace } from '../tracing/trace.ts';
import { activeValues } from './active-values.ts';
import { BackwardPlan } from './backward-plan.ts';
import { LoopBody } from './loop-body.ts';
import type { StructuralGradient, StructuralGradientContext } from './structural-gradient.ts';

/** A result of the body with the gradient that the backward loop's body gets for it. */
interface LoopSeed {
  readonly output: Tensor;
  readonly gradient: Tensor;
  /** Gradient of the loop's result, around the loop; `undefined` where it is zero. */
  readonly given: Tensor | undefined;
}

/**
 * Gradient of a loop: a loop that runs the other way. What it needs of the first one's iterations, that one keeps as further stacked
 * results; with `checkpoint` it keeps the carried values alone, and the rest is computed again. Gradients of the first carried values
 * are carried, those of stacked operands stacked, and those of invariant operands summed, outside of the loop where
 * {@link BackwardPlan} finds a way.
 */
export const scanGradient: StructuralGradient = (context) => {
  const around = context.builder as Trace;
  const node = context.node as NodeOf<'scan'>;
  const { attributes } = node;
  const { carried, stacked, length } = attributes;
  const isActive = activeInputs(node, context.isActive);
  const loop = new LoopBody(around, node);
  const { carrying, slicing } = seedsOf(context, loop, isActive);
  const operands = [...loop.carried, ...loop.slices, ...loop.invariants];
  const targets = operands.filter((_, at) => isActive[at]);
  const found = context.pullback(
    loop.trace,
    [...carrying, ...slicing].map(({ output, gradient }) => [output, gradient]),
    targets,
  );
  const gradients = new Map(targets.map((target, at) => [target, found[at]]));

  const wholes = new Map<ValueId, Tensor>();
  for (const { gradient, given } of slicing) if (given) wholes.set(idOf(gradient), given);
  loop.slices.forEach((slice, at) => {
    wholes.set(idOf(slice), around.tensor(node.inputs[carried + at] ?? -1));
  });
  const plan = new BackwardPlan(loop, attributes, wholes);
  const nexts = carrying.map(({ at }) => gradients.get(loop.carried[at] as Tensor));
  for (const next of nexts) if (next !== undefined) plan.needInside(next);
  const later = operands.map((operand, at) => {
    const gradient = gradients.get(operand);
    if (at < carried || gradient === undefined) return undefined;
    // One tensor that is two operands has one gradient.
    if (operands.indexOf(operand) < at) return undefined;
    return at < carried + stacked ? plan.stackedOrRepeated(gradient) : plan.sum(gradient);
  });

  const needs = plan.settle();
  const stacks = keepValues(around, node, loop, needs.kept);
  const outside = copyAround(around, loop, needs.around);
  const backward = scan(
    (state: Carried, slices: Slices, index: Tensor) => {
      const inside = index['~trace'].builder as Trace;
      const tensors = new Map<ValueId, Tensor>([[idOf(loop.index), index]]);
      assign(tensors, gradientsIn(carrying), state.gradients);
      assign(tensors, gradientsIn(slicing), slices.gradients);
      assign(tensors, needs.slices, slices.kept);
      for (const [id, tensor] of outside) if (!tensors.has(id)) tensors.set(id, tensor);
      const source = sourceOf(loop.trace, needs.inside, inside);
      copyNodes(source, tensors, inside);
      const here = (tensor: Tensor): Tensor => inside.adopt(copied(source, tensors, idOf(tensor)));
      return {
        carried: {
          gradients: nexts.map((next, at) =>
            next === undefined ? filled(carrying[at]?.output as Tensor, 0) : here(next),
          ),
          sums: needs.summed.map((tensor, at) => add(state.sums[at] as Tensor, here(tensor))),
        },
        stacked: needs.stacked.map(here),
      };
    },
    {
      carried: {
        gradients: carrying.map(({ given, output }) => given ?? filled(output, 0)),
        sums: needs.summed.map((tensor) => filled(tensor, 0)),
      },
      stacked: {
        gradients: slicing.flatMap(({ given }) => given ?? []),
        kept: needs.slices.map(
          (tensor) => (wholes.get(idOf(tensor)) ?? stacks.get(idOf(tensor))) as Tensor,
        ),
      },
      length,
      reverse: !attributes.reverse,
      draws: attributes.draws,
      ...(attributes.checkpoint === true && { checkpoint: true }),
    },
  );
  assign(stacks, needs.stacked, backward.stacked);
  const sums = new Map<ValueId, Tensor>();
  assign(sums, needs.summed, backward.carried.sums);
  plan.finish({ stacks, sums, around: outside });
  return operands.map((operand, at) => {
    if (at >= carried) return later[at]?.();
    const place = carrying.findIndex((seed) => loop.carried[seed.at] === operand);
    return backward.carried.gradients[place];
  });
};

interface Carried {
  readonly gradients: readonly Tensor[];
  readonly sums: readonly Tensor[];
}

interface Slices {
  readonly gradients: readonly Tensor[];
  readonly kept: readonly Tensor[];
}

/** Which inputs of the body, after the index, have a gradient: a carried value also by what later iterations put there. */
function activeInputs(
  { inputs, attributes }: NodeOf<'scan'>,
  isActive: readonly boolean[],
): readonly boolean[] {
  const { body, carried } = attributes;
  const ports = body.inputs.slice(1);
  const isFloat = (id: ValueId): boolean => body.values[id]?.dtype === 'float32';
  let flags = inputs.map((_, at) => isActive[at] === true && isFloat(ports[at]?.value ?? -1));
  for (;;) {
    const active = activeValues(
      body.nodes,
      ports.flatMap(({ value }, at) => (flags[at] ? [value] : [])),
    );
    const next = flags.map((flag, at) => {
      const output = body.outputs[at]?.value ?? -1;
      return flag || (at < carried && isFloat(output) && active.has(output));
    });
    if (next.every((flag, at) => flag === flags[at])) return next;
    flags = next;
  }
}

function seedsOf(
  { outputGradients }: StructuralGradientContext,
  loop: LoopBody,
  isActive: readonly boolean[],
): {
  readonly carrying: readonly (LoopSeed & { readonly at: number })[];
  readonly slicing: readonly LoopSeed[];
} {
  const seeds = loop.outputs.map((output, at) => {
    const given = outputGradients[at];
    const isCarried = at < loop.carried.length;
    const isNeeded = isCarried ? isActive[at] === true : given !== undefined;
    if (!isNeeded || output.dtype !== 'float32') return undefined;
    return { at, output, given, gradient: loop.trace.input(`gradient/${at}`, output) };
  });
  const known = seeds.filter((seed) => seed !== undefined);
  return {
    carrying: known.filter(({ at }) => at < loop.carried.length),
    slicing: known.filter(({ at }) => at >= loop.carried.length),
  };
}

/** Has the forward loop stack some of its values, and returns their stacks. */
function keepValues(
  around: Trace,
  node: NodeOf<'scan'>,
  loop: LoopBody,
  kept: readonly Tensor[],
): Map<ValueId, Tensor> {
  const { attributes } = node;
  const { carried } = attributes;
  const stacks = new Map<ValueId, Tensor>();
  loop.outputs.forEach((output, at) => {
    if (at >= carried) stacks.set(idOf(output), around.tensor(node.outputs[at] ?? -1));
  });
  const missing = kept.filter((tensor) => !stacks.has(idOf(tensor)));
  if (missing.length === 0) return stacks;
  const trace = new Trace(around);
  const own = [loop.index, ...loop.carried, ...loop.slices];
  const tensors = new Map<ValueId, Tensor>();
  const names = attributes.body.inputs.map(({ name }) => name);
  own.forEach((tensor, at) => {
    tensors.set(idOf(tensor), trace.input(names[at] ?? '', tensor));
  });
  for (const tensor of loop.invariants) {
    const outer = loop.around(idOf(tensor));
    if (outer !== undefined) tensors.set(idOf(tensor), trace.adopt(outer));
  }
  const body = withBuilder(trace, () => {
    const source = sourceOf(loop.trace, loop.nodes, trace);
    copyNodes(source, tensors, trace);
    const results = [...loop.outputs, ...missing].map((tensor) =>
      copied(source, tensors, idOf(tensor)),
    );
    return trace.finish(
      attributes.body.name,
      results.map((result, at) => [
        at < carried ? `carried/${at}` : `stacked/${at - carried}`,
        result,
      ]),
    );
  });
  const operands = node.inputs.slice(0, own.length - 1).map((id) => around.tensor(id));
  const added = around.extend(node, [...operands, ...trace.adopted], { ...attributes, body });
  assign(stacks, missing, added);
  return stacks;
}

/** Copies what is the same in every iteration to the program around the loop. */
function copyAround(around: Trace, loop: LoopBody, nodes: readonly NodeV1[]): Map<ValueId, Tensor> {
  const tensors = new Map<ValueId, Tensor>();
  for (const tensor of loop.invariants) {
    const outer = loop.around(idOf(tensor));
    if (outer !== undefined) tensors.set(idOf(tensor), outer);
  }
  copyNodes(sourceOf(loop.trace, nodes, around), tensors, around);
  return tensors;
}

function sourceOf(trace: Trace, nodes: readonly NodeV1[], into: Trace): CopySource {
  return {
    nodes,
    constant: (id) => {
      const data = trace.constantOf(trace.tensor(id));
      return data && into.constant(data);
    },
  };
}

function gradientsIn(seeds: readonly LoopSeed[]): readonly Tensor[] {
  return seeds.map(({ gradient }) => gradient);
}

function assign(
  tensors: Map<ValueId, Tensor>,
  keys: readonly Tensor[],
  values: readonly Tensor[],
): void {
  keys.forEach((key, at) => {
    const value = values[at];
    if (value !== undefined) tensors.set(idOf(key), value);
  });
}

function idOf(tensor: Tensor): ValueId {
  return tensor['~trace'].id;
}

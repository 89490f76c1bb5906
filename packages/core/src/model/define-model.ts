import type { ProgramBuilder, Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import {
  addDimensions,
  constant,
  expand,
  filled,
  nameScope,
  nodeFlops,
  removeDeadCode,
  simplify,
  tensor,
  traceProgram,
} from '@etalon/compiler';
import type { Dimension, HostTensor, ProgramV1, ValueType } from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import type {
  CarriedSource,
  LayerUse,
  Mode,
  VariableDeclaration,
  VariableSource,
} from './build-context.ts';
import { BuildContext, withBuildContext } from './build-context.ts';
import {
  requireApplied,
  requireInputs,
  requireOutputs,
  requireVariableShape,
} from './check-definition.ts';
import type { Applied, InputTypes, Model, NamedTensors, StreamingProgram } from './model.ts';
import type { VariableDeclarations, Variables } from './variables.ts';
import {
  initializeVariables,
  missingVariable,
  requireDistinctKeys,
  requireVariables,
} from './variables.ts';

/** What defines a model. */
export interface ModelDefinition<I extends InputTypes, O extends NamedTensors> {
  readonly name: string;
  /** Inputs by name, made with `tensor()`. */
  readonly inputs: I;
  /** Returns the outputs by name. Runs each time the model becomes part of a program. */
  readonly build: (inputs: TensorsOf<I>) => O;
}

/**
 * Defines a network. Shapes are checked now, with the layer named in messages.
 *
 * @throws {ProgramError} when inputs or outputs are not tensors by name, or two layers have one name.
 * @throws {EtalonError} when shapes or dtypes do not fit somewhere in the network.
 *
 * @example
 * const model = defineModel({
 *   name: 'digits',
 *   inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
 *   build: ({ image }) => ({ logits: sequential(flatten(), dense(10))(image) }),
 * });
 */
export function defineModel<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
): Model<I, O> {
  const { name, inputs } = definition;
  requireInputs(name, inputs);
  const training = describe(definition, 'train');
  const inference = describe(definition, 'infer');
  // Layers may ask for variables in one mode only.
  const variables: VariableDeclarations = {
    parameters: union(training.parameters, inference.parameters),
    state: union(training.state, inference.state),
  };
  requireDistinctKeys(name, variables);
  return {
    name,
    inputs,
    outputs: inference.outputs,
    variables,
    layers: inference.layers,
    apply: (values, tensors, { mode = 'infer' } = {}) => {
      const { outputs, state } = apply(definition, mode, values, tensors);
      return { outputs, state };
    },
    initialize: (seed) => initializeVariables(variables, seed),
    program: () => inferenceProgram(definition, variables),
    freeze: (values) => freeze(definition, variables, values),
    streaming: (values) => streaming(definition, variables, values),
  };
}

function build<I extends InputTypes, O extends NamedTensors>(
  { name, build }: ModelDefinition<I, O>,
  context: BuildContext,
  inputs: TensorsOf<I>,
): O {
  const outputs = withBuildContext(context, () => build(inputs));
  requireOutputs(name, outputs);
  return outputs;
}

interface Description<O> {
  readonly parameters: ReadonlyMap<string, VariableDeclaration>;
  readonly state: ReadonlyMap<string, VariableDeclaration>;
  readonly outputs: { readonly [K in keyof O]: ValueType };
  readonly layers: readonly LayerUse[];
}

// Builds the model once with placeholders for variables, to check it and to learn what it asks for.
function describe<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  mode: Mode,
): Description<O> {
  // Made of the outermost program's zero, wherever a layer asks first: in the body of a loop, a tensor made anew would
  // belong to that body alone.
  let zero: Tensor | undefined;
  const placeholder = ({ shape }: VariableDeclaration): Tensor =>
    expand(zero ?? constant(0), shape);
  const context = new BuildContext(mode, { parameter: placeholder, state: placeholder });
  const types: Record<string, ValueType> = {};
  traceProgram(definition.name, definition.inputs, (inputs) => {
    zero = constant(0);
    const outputs = build(definition, context, inputs as TensorsOf<I>);
    for (const [name, { dtype, shape }] of Object.entries(outputs)) types[name] = { dtype, shape };
    return outputs;
  });
  return {
    parameters: context.parameters,
    state: context.states,
    outputs: types as { readonly [K in keyof O]: ValueType },
    layers: context.uses.map(({ builder, begin, end, ...use }) => ({
      ...use,
      flops: flopsOf(builder, begin, end),
    })),
  };
}

// A sum of dimensions is costly to make; few nodes of a layer count operations at all.
function flopsOf(builder: ProgramBuilder, begin: number, end: number): Dimension {
  const values: ValueType[] = [];
  const nodes = builder.nodes.slice(begin, end);
  for (const id of nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])) {
    values[id] = builder.tensor(id);
  }
  return nodes
    .map((node) => nodeFlops(node, values))
    .reduce((sum, flops) => (flops === 0 ? sum : addDimensions(sum, flops)), 0);
}

function union(
  a: ReadonlyMap<string, VariableDeclaration>,
  b: ReadonlyMap<string, VariableDeclaration>,
): readonly VariableDeclaration[] {
  return [...new Map([...a, ...b]).values()];
}

function apply<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  mode: Mode,
  variables: Variables<Tensor>,
  inputs: TensorsOf<I>,
  carriedSource?: CarriedSource,
): Applied<O> & { readonly carried: ReadonlyMap<string, Tensor> } {
  const { name } = definition;
  requireApplied(name, definition.inputs, inputs);
  const find =
    (role: keyof Variables<Tensor>) =>
    (declaration: VariableDeclaration): Tensor => {
      const { path } = declaration;
      const found = Object.hasOwn(variables[role], path) ? variables[role][path] : undefined;
      if (found === undefined) throw missingVariable(name, role, path, variables[role]);
      requireVariableShape(name, role, declaration, found);
      return found;
    };
  const source: VariableSource = { parameter: find('parameters'), state: find('state') };
  const context = new BuildContext(mode, source, carriedSource);
  const outputs = build(definition, context, inputs);
  return {
    outputs,
    state: { ...variables.state, ...Object.fromEntries(context.updates) },
    carried: context.carried,
  };
}

/** Declarations of a model's variables as a tree of input types, for programs of your own. */
export function stateOf(model: {
  readonly variables: VariableDeclarations;
}): Variables<TensorType> {
  const types = (
    declarations: readonly VariableDeclaration[],
  ): Readonly<Record<string, TensorType>> =>
    Object.fromEntries(declarations.map(({ path, shape }) => [path, tensor('float32', shape)]));
  return { parameters: types(model.variables.parameters), state: types(model.variables.state) };
}

function inferenceProgram<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  variables: VariableDeclarations,
): ProgramV1 {
  const inputs = { ...stateOf({ variables }), ...definition.inputs };
  return traceProgram(definition.name, inputs, (tensors) => {
    const { parameters, state, ...rest } = tensors as Variables<Tensor> & TensorsOf<I>;
    const variableTensors = { parameters, state };
    return apply(definition, 'infer', variableTensors, rest as unknown as TensorsOf<I>).outputs;
  });
}

function freeze<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  declarations: VariableDeclarations,
  variables: Variables<HostTensor>,
): ProgramV1 {
  requireVariables(definition.name, declarations, variables);
  const frozen = traceProgram(
    definition.name,
    definition.inputs,
    (inputs) => apply(definition, 'infer', constantsOf(variables), inputs as TensorsOf<I>).outputs,
  );
  return removeDeadCode(simplify(frozen));
}

function constantsOf({ parameters, state }: Variables<HostTensor>): Variables<Tensor> {
  const constants = (
    values: Readonly<Record<string, HostTensor>>,
  ): Readonly<Record<string, Tensor>> =>
    Object.fromEntries(
      Object.entries(values).map(([path, value]) => [path, nameScope(path, () => constant(value))]),
    );
  return { parameters: constants(parameters), state: constants(state) };
}

/** What stands before the names of inputs and outputs that carry something from step to step. */
const CARRIED = 'carried/';

function streaming<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  declarations: VariableDeclarations,
  variables: Variables<HostTensor>,
): StreamingProgram {
  const { name } = definition;
  requireVariables(name, declarations, variables);
  const carried = carriedTypes(definition, variables);
  const inputs = { ...definition.inputs, ...carried };
  const program = traceProgram(name, inputs, (tensors) => {
    const given = tensors as Readonly<Record<string, Tensor>>;
    const own = Object.fromEntries(Object.keys(definition.inputs).map((key) => [key, given[key]]));
    const source: CarriedSource = (path) => given[CARRIED + path] as Tensor;
    const applied = apply(definition, 'infer', constantsOf(variables), own as TensorsOf<I>, source);
    const next = [...applied.carried].map(([path, tensor]) => [CARRIED + path, tensor]);
    return { ...applied.outputs, ...Object.fromEntries(next) };
  });
  return { program: removeDeadCode(simplify(program)), carried };
}

// Built once with zeros, to learn what the layers carry.
function carriedTypes<I extends InputTypes, O extends NamedTensors>(
  definition: ModelDefinition<I, O>,
  variables: Variables<HostTensor>,
): Readonly<Record<string, TensorType>> {
  const types: Record<string, TensorType> = {};
  traceProgram(definition.name, definition.inputs, (tensors) => {
    const source: CarriedSource = (path, type) => {
      types[CARRIED + path] = tensor(type.dtype, type.shape);
      return filled(type, 0);
    };
    const inputs = tensors as TensorsOf<I>;
    return apply(definition, 'infer', constantsOf(variables), inputs, source).outputs;
  });
  if (Object.keys(types).length === 0) {
    throw new ProgramError(
      'STREAM_NONE',
      `model "${definition.name}": no layer carries anything from step to step, got layers without state.\nFix: use freeze(); a model without recurrent layers treats each step alone.`,
    );
  }
  return types;
}

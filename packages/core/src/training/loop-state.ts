import type { TensorType } from '@etalon/compiler';
import { flattenTree, formatType, isTensorType } from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import { isHostTensor } from '../model/tensor-leaves.ts';

type Leaves<T> = Readonly<Record<string, T>>;

/** The part of a program's inputs that comes back as outputs of the same paths. */
export class LoopState {
  /** Tree of the declarations. */
  readonly types: Leaves<unknown>;
  /** Paths of the leaves. */
  readonly paths: ReadonlySet<string>;
  readonly #where: string;
  readonly #declared: ReadonlyMap<string, TensorType>;

  /**
   * @param inputs - declarations of all inputs of the program.
   * @param names - the first words of the paths that are state.
   * @throws {DataError} `LOOP_STATE` when there is no state, no such input, or no output for a leaf of it.
   */
  constructor(program: ProgramV1, inputs: Leaves<unknown>, names: readonly string[]) {
    this.#where = `loop of "${program.name}"`;
    const unknown = names.find((name) => !Object.hasOwn(inputs, name));
    if (unknown !== undefined || names.length === 0) {
      const got = unknown === undefined ? 'none' : JSON.stringify(unknown);
      const known = JSON.stringify(Object.keys(inputs).slice(0, 8));
      throw this.#fault(`the state must be inputs of the program, got ${got}.\nExpected ${known}.`);
    }
    this.types = Object.fromEntries(names.map((name) => [name, inputs[name]]));
    this.#declared = new Map(flattenTree(this.types, isTensorType));
    this.paths = new Set(this.#declared.keys());
    const outputs = new Set(program.outputs.map(({ name }) => name));
    const missing = [...this.paths].find((path) => !outputs.has(path));
    if (missing === undefined) return;
    throw this.#fault(
      `every part of the state must come back, got no output "${missing}".\nFix: return the next state under the names of the inputs.`,
    );
  }

  /** Aliases of every output of the state to its input. */
  get aliases(): Leaves<string> {
    return Object.fromEntries([...this.paths].map((path) => [path, path]));
  }

  /**
   * Returns the leaves of a state by path.
   *
   * @throws {DataError} `LOOP_STATE` when a leaf is missing, unknown or of another type.
   * @throws {ProgramError} `TREE_LEAF` when it is no tree of tensors on the host.
   */
  leavesOf(tree: object): Leaves<HostTensor> {
    const leaves = Object.fromEntries(flattenTree(tree, isHostTensor));
    for (const [path, type] of this.#declared) {
      const tensor = Object.hasOwn(leaves, path) ? leaves[path] : undefined;
      if (tensor !== undefined && fits(type, tensor)) continue;
      const got = tensor === undefined ? 'none' : formatType(tensor);
      throw this.#fault(`"${path}" must be ${formatType(type)}, got ${got}.`);
    }
    const unknown = Object.keys(leaves).find((path) => !this.paths.has(path));
    if (unknown === undefined) return leaves;
    throw this.#fault(
      `there is no such state, got "${unknown}".\nExpected ${JSON.stringify([...this.paths].slice(0, 8))}.`,
    );
  }

  #fault(what: string): DataError {
    return new DataError('LOOP_STATE', `${this.#where}: ${what}`);
  }
}

// Named sizes are bound when the program runs.
function fits({ dtype, shape }: TensorType, tensor: HostTensor): boolean {
  return (
    tensor.dtype === dtype &&
    tensor.shape.length === shape.length &&
    shape.every((size, axis) => typeof size !== 'number' || size === tensor.shape[axis])
  );
}

import type { NodeV1, ProgramV1 } from '@etalon/spec';

/** Names of a program's inputs and outputs in its ONNX form, by their names in the program. */
export interface OnnxNames {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Name of a program's node in its ONNX form. */
export interface OnnxNodeName {
  readonly node: Pick<NodeV1, 'path' | 'operator'>;
  /** Unique in the model; absent where the node became another name for a tensor. */
  readonly name?: string;
}

/**
 * Returns the ONNX tensor names of a program's inputs and outputs. They equal the program's names, except
 * that an output named like an input gets the suffix `.next`: ONNX has one namespace for both.
 */
export function onnxNames(program: ProgramV1): OnnxNames {
  const inputs = program.inputs.map(({ name }) => name);
  const outputs = program.outputs.map(({ name }) => name);
  const taken = new Set([...inputs, ...outputs]);
  const inputNames = new Set(inputs);
  const renamed = (name: string): string => {
    if (!inputNames.has(name)) return name;
    let candidate = name;
    do candidate += '.next';
    while (taken.has(candidate));
    taken.add(candidate);
    return candidate;
  };
  return {
    inputs: Object.fromEntries(inputs.map((name) => [name, name])),
    outputs: Object.fromEntries(outputs.map((name) => [name, renamed(name)])),
  };
}

/** Returns a user's path in the form of ONNX names: `conv2d_1 › matmul` is `conv2d_1/matmul`. */
export function slashPath(path: string): string {
  return path.replaceAll(' › ', '/');
}

/** Hands out names that are unique in one of ONNX's namespaces, the same ones for the same program. */
export class NameScope {
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** Takes a name that must stay as it is. */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  /** Returns the name itself when it is free, else the name with the first free number from 2 on. */
  unique(name: string): string {
    let candidate = name;
    let count = this.#counts.get(name) ?? 1;
    while (this.#taken.has(candidate)) {
      count += 1;
      candidate = `${name}_${count}`;
    }
    this.#counts.set(name, count);
    this.#taken.add(candidate);
    return candidate;
  }
}

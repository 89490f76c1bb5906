import type { DeviceTensorV1, HostTensor, RunOutputs } from '@etalon/spec';

type Live = HostTensor | DeviceTensorV1;

function isDevice(tensor: Live): tensor is DeviceTensorV1 {
  return 'read' in tensor;
}

/**
 * The training state between steps, flat by program input name (`parameters/dense_1/kernel`): on the device after
 * a step, on the host after it was set.
 */
export class LiveState {
  readonly #names: readonly string[];
  #tensors: Readonly<Record<string, Live>>;

  constructor(tensors: Readonly<Record<string, HostTensor>>) {
    this.#names = Object.keys(tensors);
    this.#tensors = tensors;
  }

  /** Inputs of the next step. Device tensors among them are consumed by it. */
  get inputs(): Readonly<Record<string, Live>> {
    return this.#tensors;
  }

  /** Those of the inputs whose names begin with one of the given words. */
  only(...roles: readonly string[]): Readonly<Record<string, Live>> {
    return Object.fromEntries(
      Object.entries(this.#tensors).filter(([name]) => roles.includes(name.split('/', 1)[0] ?? '')),
    );
  }

  /** Takes the state from a step's outputs, which consumed what was on the device. */
  advance(outputs: RunOutputs): void {
    const next: Record<string, Live> = {};
    for (const name of this.#names) {
      const output = outputs[name];
      if (output !== undefined) next[name] = output;
    }
    this.#tensors = next;
  }

  /** Copies the state to the host. */
  async read(): Promise<Readonly<Record<string, HostTensor>>> {
    const entries = Object.entries(this.#tensors).map(
      async ([name, tensor]): Promise<[string, HostTensor]> => [
        name,
        isDevice(tensor) ? await tensor.read() : tensor,
      ],
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Replaces the state; what was on the device is disposed. */
  set(tensors: Readonly<Record<string, HostTensor>>): void {
    this.dispose();
    this.#tensors = tensors;
  }

  /** Gives device memory back. */
  dispose(): void {
    for (const tensor of Object.values(this.#tensors)) {
      if (isDevice(tensor)) tensor.dispose();
    }
    this.#tensors = {};
  }
}

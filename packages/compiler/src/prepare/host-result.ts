import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { DisposedError } from '@etalon/spec';

/** Result that the rules for empty values answered: it never was on a device. */
export class HostResult implements DeviceTensorV1 {
  #tensor: HostTensor | undefined;
  readonly dtype: DType;
  readonly shape: readonly number[];

  constructor(tensor: HostTensor) {
    this.#tensor = tensor;
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
  }

  /** The data itself, for passing the tensor on to a backend. */
  get tensor(): HostTensor {
    if (this.#tensor !== undefined) return this.#tensor;
    throw new DisposedError(
      'TENSOR_DISPOSED',
      'tensor: it was disposed.\nFix: read it before calling dispose(), and do not pass it on afterwards.',
    );
  }

  async read(): Promise<HostTensor> {
    const { tensor } = this;
    return { ...tensor, data: tensor.data.slice() } as HostTensor;
  }

  dispose(): void {
    this.#tensor = undefined;
  }
}

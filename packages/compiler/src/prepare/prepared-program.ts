import type {
  DeviceTensorV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import type { DrawOptions } from './draw-inputs.ts';

/** Choices of one run of a prepared program. */
export interface PreparedRunOptions extends RunOptions, DrawOptions {}

/** A program made ready for one backend. */
export interface PreparedProgram {
  /** The program as the backend got it: simplified, decomposed, random draws as inputs. */
  readonly program: ProgramV1;
  /**
   * Runs the program after checking its inputs. Sizes of 0 are answered by the operators' rules. Inputs are
   * borrowed unless aliased; outputs belong to the caller.
   *
   * @throws {ShapeError} (rejects) when the shape of an input does not fit, or its data does not fill it.
   * @throws {DTypeError} (rejects) when an input's dtype does not fit.
   * @throws {DataError} (rejects) for a missing or an unknown input, or an index on the host
   * that is out of range.
   * @throws {AttributeError} (rejects) when the program draws at random and no key was passed.
   * @throws {DisposedError} (rejects) after `dispose`, or when an input was disposed or consumed.
   */
  run(inputs: RunInputs, options?: PreparedRunOptions): Promise<RunOutputs>;
  /**
   * Places a tensor on the device for the runs that follow, after the checks that a run makes of a host tensor: its
   * dtype, and where it holds indices, that each names a place. The caller disposes it; the array must not change
   * before.
   *
   * @param input - name of the input that it is for.
   * @throws {DTypeError | ShapeError | DataError} (rejects) as {@link PreparedProgram.run}.
   */
  upload(input: string, tensor: HostTensor): Promise<DeviceTensorV1>;
  /** Reports where each node runs; nothing where a size of 0 is written into the program. */
  placement(): Promise<readonly NodePlacement[]>;
  /** Frees what the backend holds for the program. Idempotent. */
  dispose(): void;
}

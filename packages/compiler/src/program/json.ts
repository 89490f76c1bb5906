import type { DType, HostTensor, ProgramConstant, ProgramV1, TypedArrayOf } from '@etalon/spec';
import { EtalonError, SerializationError } from '@etalon/spec';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { mapBodies } from './map-bodies.ts';
import { requireVersion, verifyProgram } from './verify.ts';

interface EncodedConstant extends Omit<ProgramConstant, 'tensor'> {
  readonly tensor: {
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly data: string;
  };
}

/** A program with constants as base64 of their little-endian bytes. */
interface EncodedProgram extends Omit<ProgramV1, 'constants'> {
  readonly constants: readonly EncodedConstant[];
}

/** Returns a program as JSON text. `programFromJson` gives an equal program back. */
export function programToJson(program: ProgramV1): string {
  return JSON.stringify(encode(program), encodeNumber);
}

function encode(program: ProgramV1): EncodedProgram {
  return {
    // Bodies keep their place among the attributes, in encoded form.
    ...mapBodies(program, (body) => encode(body) as unknown as ProgramV1),
    constants: program.constants.map(({ tensor, ...constant }) => ({
      ...constant,
      tensor: {
        dtype: tensor.dtype,
        shape: tensor.shape,
        data: encodeBase64(
          new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
        ),
      },
    })),
  };
}

/**
 * Reads a program from JSON text and verifies it.
 *
 * @throws {SerializationError} when the text is not JSON or not a program.
 * @throws {SpecificationVersionError} for another version.
 * @throws {UnsupportedOperatorError} for an unknown operator.
 * @throws {EtalonError} when the program breaks an invariant.
 */
export function programFromJson(text: string): ProgramV1 {
  let encoded: EncodedProgram;
  try {
    encoded = JSON.parse(text, decodeNumber) as EncodedProgram;
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
  let program: ProgramV1;
  try {
    program = decode(encoded);
    verifyProgram(program);
  } catch (cause) {
    if (EtalonError.isInstance(cause)) throw cause;
    throw malformed('it lacks a part of a program', cause);
  }
  return program;
}

function decode(encoded: EncodedProgram): ProgramV1 {
  // Another version may be made of other parts.
  if (typeof encoded.specificationVersion === 'string') requireVersion(encoded);
  const inside = mapBodies({ ...encoded, constants: [] }, (body) =>
    decode(body as unknown as EncodedProgram),
  );
  return {
    ...inside,
    constants: encoded.constants.map(({ tensor, ...constant }) => ({
      ...constant,
      tensor: decodeTensor(tensor),
    })),
  };
}

function decodeTensor({ dtype, shape, data }: EncodedConstant['tensor']): HostTensor {
  const { buffer } = decodeBase64(data);
  const typed: { readonly [D in DType]: () => TypedArrayOf[D] } = {
    float32: () => new Float32Array(buffer),
    int32: () => new Int32Array(buffer),
    bool: () => new Uint8Array(buffer),
    uint8: () => new Uint8Array(buffer),
  };
  return { dtype, shape, data: typed[dtype]() } as HostTensor;
}

// JSON has no -0, NaN or infinities; attributes such as a padding value may be one.
function encodeNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { '~number': Object.is(value, -0) ? '-0' : String(value) };
}

function decodeNumber(_key: string, value: unknown): unknown {
  const special =
    typeof value === 'object' && value !== null && '~number' in value
      ? value['~number']
      : undefined;
  return special === undefined ? value : Number(special);
}

function malformed(why: string, cause: unknown): SerializationError {
  return new SerializationError(
    'PROGRAM_JSON_CORRUPT',
    `programFromJson: the text is not a program, ${why}.\nExpected the result of programToJson().`,
    { cause },
  );
}

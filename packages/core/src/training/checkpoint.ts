import type { HostTensor } from '@etalon/spec';
import { EtalonError, SerializationError } from '@etalon/spec';
import { decodeSafetensors, encodeSafetensors } from '../serialization/safetensors.ts';
import type { StoppingProgress } from './early-stopping.ts';
import type { MeanSums } from './running-means.ts';
import { emptySums } from './running-means.ts';

/** How far training has come. */
export interface TrainingPosition {
  /** Steps done since the trainer was made: selects dropout masks and the optimizer's corrections. */
  readonly iteration: number;
  /** Epochs finished since the trainer was made: selects the shuffle. */
  readonly epochsDone: number;
  /** Epochs finished of an interrupted `fit`. */
  readonly epoch: number;
  /** Batches done of an interrupted epoch. */
  readonly batch: number;
  /** Sums of an interrupted epoch. */
  readonly sums: MeanSums;
  /** What early stopping has seen of an interrupted `fit`. */
  readonly stopping?: StoppingProgress;
}

/** Whose training a checkpoint is of. */
export interface TrainingIdentity {
  readonly model: string;
  readonly optimizer: string;
  readonly seed: number;
  /** Names of the metrics, in the order of the sums. */
  readonly metrics: readonly string[];
}

/** Everything needed to go on elsewhere. */
export interface Checkpoint extends TrainingIdentity {
  readonly position: TrainingPosition;
  /** By program input name: `parameters/…`, `state/…`, `slots/…`. */
  readonly tensors: Tensors;
  /** The best state that an interrupted `fit` has seen, by the same names. */
  readonly best: Tensors | undefined;
}

type Tensors = Readonly<Record<string, HostTensor>>;

// Names of the state begin with its roles, of which this is none.
const bestPrefix = 'best/';

const formatKey = 'etalon.checkpoint';
const formatVersion = '1';

/** Writes a checkpoint as safetensors, the position in the metadata. */
export function encodeCheckpoint({ tensors, best = {}, ...rest }: Checkpoint): Uint8Array {
  const ofBest = Object.entries(best).map(([name, tensor]) => [`${bestPrefix}${name}`, tensor]);
  const all: Tensors = { ...tensors, ...Object.fromEntries(ofBest) };
  return encodeSafetensors(all, {
    [formatKey]: formatVersion,
    training: JSON.stringify(rest, withNonFinite),
  });
}

// A metric's sum may be NaN or infinite, which JSON has no numbers for.
function withNonFinite(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(String(value));
}

/**
 * Reads a checkpoint.
 *
 * @throws {SerializationError} `CHECKPOINT_CORRUPT` when the bytes are damaged, `CHECKPOINT_FORMAT` when they are a
 * safetensors file but not a checkpoint that this version reads.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { tensors, metadata } = readTensors(bytes);
  const version = metadata[formatKey];
  if (version !== formatVersion) {
    throw new SerializationError(
      'CHECKPOINT_FORMAT',
      `checkpoint: the file must be a checkpoint of version ${formatVersion}, got ${version === undefined ? 'no version' : JSON.stringify(version)}.\nExpected what trainer.checkpoint() returned.`,
    );
  }
  const training = parseTraining(metadata.training ?? '');
  const entries = Object.entries(tensors);
  const ofBest = entries.flatMap(([name, tensor]): [string, HostTensor][] =>
    name.startsWith(bestPrefix) ? [[name.slice(bestPrefix.length), tensor]] : [],
  );
  return {
    ...training,
    tensors: Object.fromEntries(entries.filter(([name]) => !name.startsWith(bestPrefix))),
    best: ofBest.length === 0 ? undefined : Object.fromEntries(ofBest),
  };
}

function readTensors(bytes: Uint8Array): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, { where: 'checkpoint' });
  } catch (cause) {
    throw EtalonError.isInstance(cause) ? corrupt(cause.message, cause) : cause;
  }
}

function parseTraining(text: string): Omit<Checkpoint, 'tensors' | 'best'> {
  const training = record(parseJson(text));
  const position = record(training.position);
  const sums = record(position.sums);
  const unreadable = (what: string): SerializationError =>
    corrupt(`checkpoint: in the training position ${what}, got ${JSON.stringify(text)}.`);
  const word = (of: Readonly<Record<string, unknown>>, name: string): string => {
    const value = of[name];
    if (typeof value === 'string') return value;
    throw unreadable(`"${name}" must be a text`);
  };
  const integer = (of: Readonly<Record<string, unknown>>, name: string, least: number): number => {
    const value = of[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw unreadable(`"${name}" must be an integer`);
  };
  const finite = (of: Readonly<Record<string, unknown>>, name: string): number => {
    const value = of[name];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw unreadable(`"${name}" must be a finite number`);
  };
  const list = (of: Readonly<Record<string, unknown>>, name: string): readonly unknown[] => {
    const value = of[name];
    if (Array.isArray(value)) return value;
    throw unreadable(`"${name}" must be a list`);
  };
  const metrics = list(training, 'metrics').map(String);
  const numbers = (name: string): readonly number[] => {
    const values = list(sums, name);
    if (values.length === metrics.length && values.every(isNumber)) return values.map(Number);
    throw unreadable(`"${name}" must have a number for each metric`);
  };
  const stopping = (of: Readonly<Record<string, unknown>>): StoppingProgress => {
    if (!isNumber(of.best)) throw unreadable('"best" must be a number');
    if (of.mode !== 'min' && of.mode !== 'max') throw unreadable('"mode" must be "min" or "max"');
    return {
      monitor: word(of, 'monitor'),
      mode: of.mode,
      restoresBest: of.restoresBest === true,
      best: Number(of.best),
      bestEpoch: of.bestEpoch === undefined ? undefined : integer(of, 'bestEpoch', 0),
      waited: integer(of, 'waited', 0),
    };
  };
  return {
    model: word(training, 'model'),
    optimizer: word(training, 'optimizer'),
    seed: integer(training, 'seed', Number.MIN_SAFE_INTEGER),
    metrics,
    position: {
      iteration: integer(position, 'iteration', 0),
      epochsDone: integer(position, 'epochsDone', 0),
      epoch: integer(position, 'epoch', 0),
      batch: integer(position, 'batch', 0),
      sums: {
        examples: integer(sums, 'examples', 0),
        loss: finite(sums, 'loss'),
        totals: numbers('totals'),
        counts: numbers('counts'),
      },
      ...(position.stopping !== undefined && { stopping: stopping(record(position.stopping)) }),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(
      `checkpoint: the training position must be JSON, got ${JSON.stringify(text.slice(0, 60))}.`,
      cause,
    );
  }
}

function corrupt(message: string, cause?: unknown): SerializationError {
  return new SerializationError(
    'CHECKPOINT_CORRUPT',
    message,
    cause === undefined ? {} : { cause },
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/**
 * Checks that a checkpoint goes with a trainer, and returns the position to go on from.
 *
 * @param tensors - the trainer's own state, for names and shapes.
 * @throws {SerializationError} `CHECKPOINT_MISMATCH`, with what differs.
 */
export function requireSameTraining(
  { position, ...found }: Checkpoint,
  expected: TrainingIdentity,
  tensors: Tensors,
): TrainingPosition {
  const difference =
    identityDifference(found, expected) ??
    tensorDifference(found.tensors, tensors) ??
    (found.best && tensorDifference(found.best, tensors));
  if (difference !== undefined) throw mismatch(expected.model, difference);
  if (found.metrics.join() === expected.metrics.join()) return position;
  // Sums of other metrics are of no use, and at the beginning of an epoch there are none to lose.
  if (position.batch === 0) return { ...position, sums: emptySums(expected.metrics.length) };
  throw mismatch(expected.model, {
    what: 'metrics, in the middle of an epoch',
    got: found.metrics,
    expected: expected.metrics,
  });
}

interface Difference {
  readonly what: string;
  readonly got: unknown;
  readonly expected: unknown;
}

function identityDifference(
  found: TrainingIdentity,
  expected: TrainingIdentity,
): Difference | undefined {
  const names = ['model', 'optimizer', 'seed'] as const;
  const what = names.find((name) => found[name] !== expected[name]);
  return what && { what, got: found[what], expected: expected[what] };
}

function tensorDifference(found: Tensors, expected: Tensors): Difference | undefined {
  const typeOf = (tensor: HostTensor | undefined): string =>
    tensor === undefined ? 'none' : `${tensor.dtype}[${tensor.shape.join(', ')}]`;
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const different = [...names].find((name) => typeOf(found[name]) !== typeOf(expected[name]));
  if (different === undefined) return undefined;
  return {
    what: `tensor "${different}"`,
    got: typeOf(found[different]),
    expected: typeOf(expected[different]),
  };
}

function mismatch(model: string, { what, got, expected }: Difference): SerializationError {
  return new SerializationError(
    'CHECKPOINT_MISMATCH',
    `trainer of "${model}": the checkpoint belongs to another training, with another ${what}, got ${JSON.stringify(got)}.\nExpected ${JSON.stringify(expected)}.`,
    { details: { what, got, expected } },
  );
}

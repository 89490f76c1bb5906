import type { BackendV1, HostTensor, Tensor } from '@etalon/core';
import {
  cast,
  concat,
  defineProgram,
  floor,
  mul,
  oneHot,
  randomKey,
  randomNormal,
  randomUniform,
  slice,
} from '@etalon/core';

/** Numbers of noise that an image is made from. */
export const noiseSize = 64;

/** Kinds that noise is of. */
export const kinds = 10;

/**
 * Draws noise inside a program, `[count, 64]`: normal numbers, and which of ten kinds an image is of. Digits are no cloud: without kinds a
 * generator makes much that lies between them. Chen et al. 2016 draw such a code too.
 */
export function drawNoise(count: number, stream: string): Tensor {
  const kind = cast(
    floor(mul(randomUniform([count], { stream: `${stream}Kind` }), kinds)),
    'int32',
  );
  const normal = randomNormal([count, noiseSize - kinds], { stream });
  return concat([normal, oneHot(kind, { depth: kinds })], { axis: 1 });
}

/** The kind of each row of noise, 1 among zeros: `[count, 10]`. */
export function kindOf(noise: Tensor): Tensor {
  const [count = 1] = noise.shape;
  return slice(noise, { starts: [0, noiseSize - kinds], sizes: [count, kinds] });
}

/** The same for once, outside a program. */
export async function noiseOf(backend: BackendV1, count: number): Promise<HostTensor> {
  const program = defineProgram({}, () => ({ noise: drawNoise(count, 'given') }), {
    name: 'noise',
  });
  const prepared = await program.prepare(backend);
  const { noise } = await prepared.run({}, { key: randomKey(9) });
  const drawn = await noise.read();
  noise.dispose();
  prepared.dispose();
  return drawn;
}

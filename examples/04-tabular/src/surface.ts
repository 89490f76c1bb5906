import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import { prepare } from '@etalon/core';
import type { GrayImage } from '@etalon/examples-shared';
import { imageGrid } from '@etalon/examples-shared';
import type { Perceptrons } from './perceptrons.ts';

/** Points along each side of the picture, which shows the square from -1.1 to 1.1. */
const side = 200;

/** What a network of two classes thinks of each point of the plane: black where it is sure of the first class, white of the second. */
export async function decisionSurface(
  backend: BackendV1,
  model: Perceptrons,
  variables: Variables<HostTensor>,
): Promise<GrayImage> {
  const at = (index: number): number => (2.2 * (index + 0.5)) / side - 1.1;
  const points = Array.from({ length: side * side }, (_, index) => [
    at(index % side),
    -at(Math.floor(index / side)),
  ]);
  const features: HostTensor = {
    dtype: 'float32',
    shape: [points.length, 2],
    data: Float32Array.from(points.flat()),
  };
  const prepared = await prepare(model.freeze(variables), backend);
  const { logits } = await prepared.run({ features });
  const scores = await logits?.read();
  logits?.dispose();
  prepared.dispose();
  const brightness = points.map((_, index) => {
    const [first = 0, second = 0] = [scores?.data[2 * index], scores?.data[2 * index + 1]].map(
      Number,
    );
    return 1 / (1 + Math.exp(first - second));
  });
  return imageGrid([brightness], { width: side, height: side, columns: 1, scale: 2 });
}

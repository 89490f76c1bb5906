import { addDimensions, floorDivideDimension } from '@etalon/compiler';
import type {
  ConvolutionAttributes,
  Dimension,
  DType,
  OperatorName,
  OperatorsV1,
  PoolingAttributes,
  ProgramV1,
  Shape,
} from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder, type } from './support/program-builder.ts';
import { openOnnx } from './support/run-onnx.ts';
import type { VectorCase } from './support/vectors.ts';
import { expectWithin, hostTensor, readVectors } from './support/vectors.ts';

/** What the height and width of a tensor are: those of the image, of the windows over it, or fixed. */
type Role = 'image' | 'windows' | 'fixed';

const roles: Partial<Record<OperatorName, readonly [inputs: readonly Role[], output: Role]>> = {
  conv2d: [['image', 'fixed'], 'windows'],
  conv2dInputGradient: [['windows', 'fixed'], 'image'],
  conv2dFilterGradient: [['image', 'windows'], 'fixed'],
  averagePool2d: [['image'], 'windows'],
  averagePool2dGradient: [['windows'], 'image'],
  maxPool2d: [['image'], 'windows'],
  maxPool2dGradient: [['image', 'windows'], 'image'],
  maxPool2dSelect: [['image', 'image'], 'windows'],
};

const cases = [...readVectors('convolution'), ...readVectors('pooling')];

describe('encodeOnnx with a named batch, height and width', () => {
  it.each(cases)('$name', async (vector) => {
    const session = await openOnnx(namedProgram(vector));
    for (const run of vector.runs) {
      const inputs = run.inputs.map((tensor, index) => [
        `x${index}`,
        hostTensor(vector.inputs[index]?.dtype ?? 'float32', tensor),
      ]);
      const [batch = 1] = run.inputs[0]?.shape ?? [];
      const [height, width] = imageSize(vector);
      const sizes = hostTensor('bool', { shape: [batch, height, width, 0], data: [] });
      const { y } = await session.run({ ...Object.fromEntries(inputs), sizes });
      if (y === undefined) throw new Error('no output');
      expectWithin(y, hostTensor(vector.output.dtype, run.output), vector);
    }
    await session.release();
  });

  it('covers every image operator', () => {
    expect(new Set(cases.map(({ operator }) => operator))).toEqual(new Set(Object.keys(roles)));
  });
});

function namedProgram(vector: VectorCase): ProgramV1 {
  const builder = new ProgramBuilder(vector.operator);
  const [inputRoles, outputRole] = roles[vector.operator] ?? [[], 'fixed'];
  const shapeOf = (role: Role, shape: Shape): Shape => named(vector, role, shape);
  const inputs = vector.inputs.map(({ dtype, shape }, index) =>
    builder.input(`x${index}`, dtype, shapeOf(inputRoles[index] ?? 'fixed', shape)),
  );
  // Gradients see the image's size in an attribute alone: this input, which nothing reads, carries it.
  builder.input('sizes', 'bool', ['batch', 'height', 'width', 0]);
  const attributes = {
    ...vector.attributes,
    ...('inputSize' in vector.attributes ? { inputSize: ['height', 'width'] } : {}),
  } as OperatorsV1[OperatorName];
  const { dtype, shape } = vector.output;
  const result = type(dtype as DType, shapeOf(outputRole, shape));
  builder.output('y', builder.node(vector.operator, inputs, attributes, result));
  return builder.finish();
}

function named(vector: VectorCase, role: Role, shape: Shape): Shape {
  if (role === 'fixed') return shape;
  const image: readonly [Dimension, Dimension] = ['height', 'width'];
  const [height, width] =
    role === 'image' ? image : [windows(vector, 0, image[0]), windows(vector, 1, image[1])];
  return ['batch', height, width, shape[3] ?? 1];
}

function windows(vector: VectorCase, axis: 0 | 1, size: Dimension): Dimension {
  const { strides, padding, ...rest } = vector.attributes as
    | PoolingAttributes
    | ConvolutionAttributes;
  const taps = 'windowSize' in rest ? rest.windowSize[axis] : (filterSize(vector)[axis] ?? 1);
  const dilation = 'dilations' in rest ? rest.dilations[axis] : 1;
  const [before, after] = padding[axis];
  const room = addDimensions(size, before + after - (taps - 1) * dilation - 1);
  return addDimensions(floorDivideDimension(room, strides[axis]), 1);
}

function filterSize(vector: VectorCase): readonly number[] {
  const filter = vector.operator === 'conv2dFilterGradient' ? vector.output : vector.inputs[1];
  return (filter?.shape ?? []).slice(0, 2).map(Number);
}

function imageSize(vector: VectorCase): readonly [number, number] {
  const [inputRoles, outputRole] = roles[vector.operator] ?? [[], 'fixed'];
  const holder =
    outputRole === 'image' ? vector.output : vector.inputs[inputRoles.indexOf('image')];
  const [, height = 1, width = 1] = holder?.shape ?? [];
  return [Number(height), Number(width)];
}

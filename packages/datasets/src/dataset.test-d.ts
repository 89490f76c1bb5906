import { expectTypeOf } from 'vitest';
import type { Batch, Dataset, FieldType, HostTensor, HostTensorOf } from './index.ts';
import {
  batches,
  datasetFromTensors,
  imagesToFloat,
  mapField,
  mnistSample,
  oneHotField,
  shuffle,
  split,
} from './index.ts';

const { train } = mnistSample();
const points = datasetFromTensors({
  x: { dtype: 'float32', shape: [1], data: new Float32Array(1) },
});

// Names and dtypes of fields reach the batches.
for (const batch of batches(train, { batchSize: 2 })) {
  expectTypeOf(batch.image).toEqualTypeOf<HostTensorOf<'uint8'>>();
  expectTypeOf(batch.label.data).toEqualTypeOf<Int32Array>();
  // @ts-expect-error: no such field
  void batch.labels;
}
expectTypeOf(points).toEqualTypeOf<Dataset<{ readonly x: FieldType<'float32'> }>>();

// Mappings change the type of their field alone.
const encoded = oneHotField(imagesToFloat(train), 'label', 10);
expectTypeOf(encoded.gather).returns.toEqualTypeOf<{
  readonly image: HostTensorOf<'float32'>;
  readonly label: HostTensorOf<'float32'>;
}>();
// @ts-expect-error: no such field
oneHotField(train, 'labels', 10);
// @ts-expect-error: the images are floats already
imagesToFloat(encoded);
// @ts-expect-error: the mapping returns another dtype than declared
mapField(train, 'label', { dtype: 'float32', shape: [] }, (label) => label);

// Parts can be destructured one by one.
const [first, second, third] = split(shuffle(train, { seed: 1 }), { sizes: [100, 40, 10] });
expectTypeOf([first, second, third]).toEqualTypeOf<(typeof train)[]>();
// @ts-expect-error: a fraction makes two parts
split(train, { fraction: 0.5 })[2];

// Any data set serves where the fields are not known, as in a trainer.
expectTypeOf(train).toExtend<Dataset>();
expectTypeOf<Batch['anything']>().toEqualTypeOf<HostTensor>();

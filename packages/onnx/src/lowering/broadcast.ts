import type { Shape } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import type { LoweredValue } from './lowered-value.ts';

/**
 * Returns an operand for a channels-first operator that broadcasts: the tensor that lines up, at the last
 * axis of an NCHW image, with what the value lines up with in NHWC.
 */
export function broadcastChannelsFirst(value: LoweredValue): string {
  const { shape } = value.type;
  const emitter = value.graph;
  if (shape.length === 4) return value.channelsFirst();
  if (shape.every((size) => size === 1)) return value.rowMajor();
  if (shape.length === 1 && value.constant !== undefined) return constantColumn(value);
  const tensor = value.rowMajor();
  return emitter.memo(`channels first ${tensor}`, () => alignedTensor(emitter, tensor, shape));
}

// [C] is stored once more as [C, 1, 1]: an engine need not fold it.
function constantColumn(value: LoweredValue): string {
  const { constant, path, graph: emitter } = value;
  if (constant === undefined) return value.rowMajor();
  return emitter.memo(`column ${path}`, () =>
    emitter.initializer(
      emitter.tensorNames.unique(`${path}/column`),
      [...constant.shape, 1, 1],
      constant,
    ),
  );
}

function alignedTensor(emitter: GraphEmitter, tensor: string, shape: Shape): string {
  if (shape.length === 1) return emitter.emit('Reshape', [tensor, emitter.int64s([-1, 1, 1])]);
  if (shape.length === 3) return emitter.emit('Transpose', [tensor], { perm: [2, 0, 1] });
  const transposed = emitter.emit('Transpose', [tensor], { perm: [1, 0] });
  return emitter.emit('Unsqueeze', [transposed, emitter.int64s([1])]);
}

import type { CompositeOperatorsV1 } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import { elementwise } from './elementwise.ts';
import { TO_CHANNELS_LAST } from './lowered-value.ts';
import type { Lowering, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';

/** Lowerings of the operators that have decompositions. */
export const compositeLowerings: LoweringsOf<keyof CompositeOperatorsV1> = {
  softmax: alongAxis('Softmax'),
  logSoftmax: alongAxis('LogSoftmax'),
  softplus: (context) =>
    elementwise(context, (operands) => context.emitter.emit('Softplus', operands)),
  gelu: (context) => elementwise(context, (operands) => context.emitter.emit('Gelu', operands)),
  elu: withAlpha('Elu'),
  leakyRelu: withAlpha('LeakyRelu'),

  // sign(sign(x) + 1/2) is 1 for zeros too, and NaN for NaN.
  step: (context) => {
    const { emitter } = context;
    return elementwise(context, (operands) => {
      const shifted = emitter.emit('Add', [emitter.emit('Sign', operands), emitter.float(0.5)]);
      return emitter.emit('Sign', [shifted]);
    });
  },

  // OneHot counts negative indices from the end and, in ONNX Runtime 1.30, takes no int32.
  oneHot: (context) => {
    const { emitter, attributes } = context;
    const index = operand(context, 0);
    const columns = Array.from({ length: attributes.depth }, (_, column) => column);
    const axis = emitter.int64s([index.type.shape.length]);
    const equal = emitter.emit('Equal', [
      emitter.emit('Unsqueeze', [index.rowMajor(), axis]),
      emitter.constant('int32', columns, 1),
    ]);
    return rowMajor(emitter.emit('Cast', [equal], { to: dataTypes.float32 }));
  },

  stopGradient: (context) => operand(context, 0),
  straightThrough: (context) => operand(context, 0),
};

function alongAxis<K extends 'softmax' | 'logSoftmax'>(opType: string): Lowering<K> {
  return (context) => {
    const { emitter, attributes } = context;
    const x = operand(context, 0);
    if (!x.isChannelsFirst) {
      return rowMajor(emitter.emit(opType, [x.rowMajor()], { axis: attributes.axis }));
    }
    const axis = TO_CHANNELS_LAST[attributes.axis] ?? attributes.axis;
    return channelsFirst(emitter.emit(opType, [x.channelsFirst()], { axis }));
  };
}

function withAlpha<K extends 'elu' | 'leakyRelu'>(opType: string): Lowering<K> {
  return (context) =>
    elementwise(context, (operands) =>
      context.emitter.emit(opType, operands, { alpha: { float: context.attributes.alpha } }),
    );
}

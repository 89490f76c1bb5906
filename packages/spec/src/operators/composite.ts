import type { NoAttributes } from './elementwise.ts';

/**
 * Operators defined by a decomposition into others, which a backend may replace natively, and operators
 * that only concern differentiation. All are float32 unless a line says otherwise.
 */
export interface CompositeOperatorsV1 {
  /** `e^(x - max) / Σ e^(x - max)` along an axis. WebNN `softmax`. */
  readonly softmax: { readonly axis: number };
  /** `x - max - log Σ e^(x - max)` along an axis. ONNX `LogSoftmax`. */
  readonly logSoftmax: { readonly axis: number };
  /** `log(1 + e^x)`, computed as `max(x, 0) + log(1 + e^-|x|)`. WebNN `softplus`. */
  readonly softplus: NoAttributes;
  /** `x · Φ(x) = x/2 · (1 + erf(x / √2))`. WebNN `gelu`. */
  readonly gelu: NoAttributes;
  /** `x` where positive, else `alpha · (e^x - 1)`. WebNN `elu`. */
  readonly elu: { readonly alpha: number };
  /** `x` where positive, else `alpha · x`. WebNN `leakyRelu`. */
  readonly leakyRelu: { readonly alpha: number };
  /** 1 where `x >= 0`, else -1; NaN stays NaN. Its gradient is zero; see `straightThrough`. */
  readonly step: NoAttributes;
  /**
   * float32 rows with 1 at the int32 index and 0 elsewhere: a new last axis of size `depth`. An index
   * outside `[0, depth)` is an error where the host can see it and a row of zeros otherwise. ONNX `OneHot`.
   */
  readonly oneHot: { readonly depth: number };
  /** The operand, whose gradient does not flow back. Any dtype. JAX `stop_gradient`. */
  readonly stopGradient: NoAttributes;
  /**
   * The first operand, whose gradient flows to the second alone, as if the operator between them were the
   * identity (Bengio, Léonard and Courville 2013, the straight-through estimator).
   */
  readonly straightThrough: NoAttributes;
}

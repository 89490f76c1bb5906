/** Attributes of an operator that has none. */
export type NoAttributes = Readonly<Record<never, never>>;

/**
 * Operators that work element by element. Operands broadcast as in NumPy: shapes are aligned at the
 * last axis, and an axis of size 1 stretches. Both operands of a binary operator have one dtype.
 * Unless a line says otherwise, the dtype is `float32` or `int32` and NaN in gives NaN out.
 */
export interface ElementwiseOperatorsV1 {
  /** `a + b`. int32 wraps modulo 2³². WebNN `add`. */
  readonly add: NoAttributes;
  /** `a - b`. int32 wraps modulo 2³². WebNN `sub`. */
  readonly sub: NoAttributes;
  /** `a · b`. int32 wraps modulo 2³². WebNN `mul`. */
  readonly mul: NoAttributes;
  /**
   * `a / b`. float32 by IEEE 754. int32 truncates towards zero (-7/2 is -3); int32 division by zero
   * is unspecified. WebNN `div`.
   */
  readonly div: NoAttributes;
  /** The larger operand; NaN when either is NaN; `max(-0, 0)` may be either zero. WebNN `max`. */
  readonly max: NoAttributes;
  /** The smaller operand; NaN when either is NaN; `min(-0, 0)` may be either zero. WebNN `min`. */
  readonly min: NoAttributes;
  /** `a` to the power `b`, float32 only, special cases as C99 `pow`. WebNN `pow`. */
  readonly pow: NoAttributes;

  /** `a == b` as bool, any dtype; false when either is NaN. WebNN `equal`. */
  readonly equal: NoAttributes;
  /** `a != b` as bool, any dtype; true when either is NaN. WebNN `notEqual`. */
  readonly notEqual: NoAttributes;
  /** `a > b` as bool; false when either is NaN. WebNN `greater`. */
  readonly greater: NoAttributes;
  /** `a >= b` as bool; false when either is NaN. WebNN `greaterOrEqual`. */
  readonly greaterOrEqual: NoAttributes;
  /** `a < b` as bool; false when either is NaN. WebNN `lesser`. */
  readonly lesser: NoAttributes;
  /** `a <= b` as bool; false when either is NaN. WebNN `lesserOrEqual`. */
  readonly lesserOrEqual: NoAttributes;

  /** Logical and of bools. WebNN `logicalAnd`. */
  readonly logicalAnd: NoAttributes;
  /** Logical or of bools. WebNN `logicalOr`. */
  readonly logicalOr: NoAttributes;
  /** Logical exclusive or of bools. WebNN `logicalXor`. */
  readonly logicalXor: NoAttributes;
  /** Logical negation of a bool. WebNN `logicalNot`. */
  readonly logicalNot: NoAttributes;
  /** Whether a float32 is NaN, as bool. WebNN `isNaN`. */
  readonly isNaN: NoAttributes;

  /**
   * `condition ? a : b`; the condition is bool, `a` and `b` share any dtype, all three broadcast. The
   * branch not taken never leaks its NaN. WebNN `where`.
   */
  readonly where: NoAttributes;

  /** `|x|`; the int32 minimum maps to itself. WebNN `abs`. */
  readonly abs: NoAttributes;
  /** `-x`; the int32 minimum maps to itself. WebNN `neg`. */
  readonly neg: NoAttributes;
  /** -1, 0 or 1; `sign(±0)` is a zero and `sign(NaN)` is NaN. WebNN `sign`. */
  readonly sign: NoAttributes;
  /** `1 / x`, float32 only. WebNN `reciprocal`. */
  readonly reciprocal: NoAttributes;
  /** Square root, float32 only; NaN below zero. WebNN `sqrt`. */
  readonly sqrt: NoAttributes;
  /** Exponential, float32 only. WebNN `exp`. */
  readonly exp: NoAttributes;
  /** Natural logarithm, float32 only; `log(0)` is -∞ and NaN below zero. WebNN `log`. */
  readonly log: NoAttributes;
  /** Sine of an angle in radians, float32 only; NaN for ±∞. WebNN `sin`. */
  readonly sin: NoAttributes;
  /** Cosine of an angle in radians, float32 only; NaN for ±∞. WebNN `cos`. */
  readonly cos: NoAttributes;
  /** Hyperbolic tangent, float32 only. WebNN `tanh`. */
  readonly tanh: NoAttributes;
  /** Gauss error function, float32 only. WebNN `erf`. */
  readonly erf: NoAttributes;
  /** Logistic function `1 / (1 + e^-x)`, float32 only. WebNN `sigmoid`. */
  readonly sigmoid: NoAttributes;
  /** `max(x, 0)`; NaN stays NaN and `relu(-0)` may be either zero. WebNN `relu`. */
  readonly relu: NoAttributes;
  /** Largest integer not above x, float32 only. WebNN `floor`. */
  readonly floor: NoAttributes;
  /** Smallest integer not below x, float32 only. WebNN `ceil`. */
  readonly ceil: NoAttributes;
  /** Nearest integer, ties to even, float32 only. WebNN `roundEven`, ONNX `Round`. */
  readonly roundEven: NoAttributes;

  /**
   * Conversion to another dtype. float32 to int32 truncates, saturates at the int32 limits and maps NaN
   * to 0; a number to bool is `x != 0` (NaN is true); bool to a number is 0 or 1; uint8 is a source only.
   * WebNN `cast`.
   */
  readonly cast: { readonly to: 'float32' | 'int32' | 'bool' };
}

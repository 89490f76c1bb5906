/** The sizes of an image whose elements lie row by row, channels innermost. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Where each pixel of the result comes from. */
export interface Placement {
  /** Radians by which the content turns, counterclockwise as seen. */
  readonly rotation: number;
  /** Factor by which the content grows. */
  readonly zoom: number;
  /** Pixels by which it moves, downwards and to the right, after that. */
  readonly shiftY: number;
  readonly shiftX: number;
  readonly flipsVertically: boolean;
  readonly flipsHorizontally: boolean;
}

/** How values between pixels, and beyond the image, are found. */
export interface Sampling {
  readonly interpolation: 'bilinear' | 'nearest';
  readonly fill: number;
}

type Elements = Float32Array | Uint8Array;

/**
 * Writes an image as it looks flipped, turned and grown about its centre, then moved. Computed in float64 by
 * operations that are exact to rounding everywhere, and rounded once: the bits are the same on every machine.
 *
 * Bilinear: of the four pixels around, where those outside have the value `fill`. Nearest: of the nearest, half a pixel to the greater.
 */
export function resampleImage(
  source: Elements,
  target: Elements,
  { height, width, channels }: ImageSize,
  placement: Placement,
  { interpolation, fill }: Sampling,
): void {
  const { rotation, zoom, shiftY, shiftX } = placement;
  const [centreY, centreX] = [(height - 1) / 2, (width - 1) / 2];
  const { sine, cosine } = sineAndCosine(rotation);
  const [flipY, flipX] = [placement.flipsVertically ? -1 : 1, placement.flipsHorizontally ? -1 : 1];
  const isBytes = target instanceof Uint8Array;
  const at = (row: number, column: number, channel: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? fill
      : (source[(row * width + column) * channels + channel] as number);
  const between = (y: number, x: number, channel: number): number => {
    if (interpolation === 'nearest') return at(Math.floor(y + 0.5), Math.floor(x + 0.5), channel);
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [y - top, x - left];
    const upper = at(top, left, channel) * (1 - right) + at(top, left + 1, channel) * right;
    const lower = at(top + 1, left, channel) * (1 - right) + at(top + 1, left + 1, channel) * right;
    return upper * (1 - down) + lower * down;
  };
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    const dy = row - centreY - shiftY;
    for (let column = 0; column < width; column += 1) {
      const dx = column - centreX - shiftX;
      // Rows grow downwards: this turns the content counterclockwise.
      const y = (flipY * (cosine * dy + sine * dx)) / zoom + centreY;
      const x = (flipX * (cosine * dx - sine * dy)) / zoom + centreX;
      for (let channel = 0; channel < channels; channel += 1, to += 1) {
        const value = between(y, x, channel);
        target[to] = isBytes ? Math.floor(value + 0.5) : value;
      }
    }
  }
}

/**
 * Sine and cosine of an angle in [-π, π], by their series: those of `Math` may differ between JavaScript engines in the last bit.
 * The first term left out is below 1e-18.
 */
function sineAndCosine(angle: number): { readonly sine: number; readonly cosine: number } {
  let [sine, cosine, term] = [0, 0, 1];
  for (let power = 0; power <= 30; power += 1) {
    const signed = power % 4 < 2 ? term : -term;
    if (power % 2 === 0) cosine += signed;
    else sine += signed;
    term = (term * angle) / (power + 1);
  }
  return { sine, cosine };
}

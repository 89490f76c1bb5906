import type { BackendV1, HostTensor, ProgramV1 } from '@etalon/core';
import { frechetDistance } from './frechet.ts';
import { runInParts } from './run-in-parts.ts';

/** What the classifier thinks of images. */
export interface Judgement {
  /** Share that it names with a probability above 0.9. */
  readonly confident: number;
  /** Share that it names each digit. */
  readonly classes: readonly number[];
  /** Share that it names what was asked for; absent where nothing was. */
  readonly right?: number;
  /** Fréchet distance of its features to those of the real test digits. */
  readonly distance: number;
}

/** Lets a frozen classifier look at images. */
export class Judge {
  readonly #backend: BackendV1;
  readonly #classifier: ProgramV1;
  readonly #real: HostTensor;

  private constructor(backend: BackendV1, classifier: ProgramV1, real: HostTensor) {
    this.#backend = backend;
    this.#classifier = classifier;
    this.#real = real;
  }

  /** Looks at the real images first. */
  static async create(
    backend: BackendV1,
    classifier: ProgramV1,
    image: HostTensor,
  ): Promise<Judge> {
    const { features } = await runInParts(backend, classifier, { image });
    return new Judge(backend, classifier, features as HostTensor);
  }

  /** @param asked - the digits that were asked for. */
  async look(image: HostTensor, asked?: HostTensor): Promise<Judgement> {
    const seen = await runInParts(this.#backend, this.#classifier, { image });
    const { features, logits } = seen as { features: HostTensor; logits: HostTensor };
    const named = namesOf(logits);
    const share = (holds: (each: Named, at: number) => boolean): number =>
      named.filter(holds).length / named.length;
    return {
      confident: share(({ probability }) => probability > 0.9),
      classes: Array.from({ length: 10 }, (_, digit) => share((each) => each.digit === digit)),
      ...(asked && { right: share(({ digit }, at) => digit === asked.data[at]) }),
      distance: frechetDistance(features, this.#real),
    };
  }
}

interface Named {
  readonly digit: number;
  readonly probability: number;
}

function namesOf({ shape, data }: HostTensor): readonly Named[] {
  return Array.from({ length: shape[0] ?? 0 }, (_, row) => {
    const scores = [...data.subarray(10 * row, 10 * row + 10)].map(Number);
    const highest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    return { digit: scores.indexOf(highest), probability: 1 / total };
  });
}

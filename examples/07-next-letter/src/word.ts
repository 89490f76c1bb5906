import type { BackendV1 } from '@etalon/core';
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  oneHot,
  simpleRnn,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { characterVocabulary, windowsOf } from '@etalon/datasets';

/** What a network says after a letter. */
export interface WordResult {
  readonly said: string;
  /** How sure it is of it. */
  readonly probability: number;
  readonly steps: number;
  readonly seconds: number;
}

/** Learns from "hi" that "i" follows "h". */
export async function learnWord(backend: BackendV1): Promise<WordResult> {
  const began = performance.now();
  const { size, encode, decode } = characterVocabulary('hi');
  const memory = simpleRnn(4, { returnSequences: true });
  const head = dense(size);
  const model = defineModel({
    name: 'word',
    inputs: { input: tensor('int32', ['batch', 'time']) },
    build: ({ input }) => ({ logits: head(memory(oneHot(input, { depth: size }))) }),
  });
  const trainer = await createTrainer(model, {
    backend,
    seed: 7,
    targets: { target: tensor('int32', ['batch', 'time']) },
    loss: ({ logits }, { target }) => sparseCategoricalCrossEntropy(logits, target),
    optimizer: adam({ learningRate: 0.1 }),
  });
  const steps = 40;
  await trainer.fit(windowsOf(encode('hi'), { length: 1 }), { epochs: steps, batchSize: 1 });
  const { logits } = await trainer.predict({
    input: { dtype: 'int32', shape: [1, 1], data: encode('h') },
  });
  trainer.dispose();
  const scores = [...logits.data];
  const best = scores.indexOf(Math.max(...scores));
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
  return {
    said: decode([best]),
    probability: Math.exp(scores[best] ?? 0) / sum,
    steps,
    seconds: (performance.now() - began) / 1000,
  };
}

// One more token of a small GPT at a context of 256, batch 1, on ONNX Runtime: with keys and values kept on the device, against computing
// the whole context again.
import {
  createTokenGenerator,
  createTokenSampler,
  defineModel,
  dense,
  embedding,
  layerNormalization,
  prepare,
  sequential,
  tensor,
  transformerDecoderBlock,
} from '@etalon/core';
import { noise, report, takeTurns } from '../timing.mjs';
import { inlineBackend } from '../trainers.mjs';

// Those of `examples/07-next-letter`: a million parameters.
const [tokens, width, blocks, heads, context] = [75, 128, 5, 4, 256];

const block = () =>
  transformerDecoderBlock({ heads, feedForwardSize: 4 * width, context, rotary: true });
const network = sequential(
  embedding(tokens, width),
  ...Array.from({ length: blocks }, block),
  layerNormalization(),
  dense(tokens),
);
const model = defineModel({
  name: 'gpt',
  inputs: { token: tensor('int32', ['batch', 'time']) },
  build: ({ token }) => ({ logits: network(token) }),
});
const variables = model.initialize(1);
const generator = await createTokenGenerator(model, { backend: inlineBackend, variables });
const whole = await prepare(model.freeze(variables), inlineBackend);
const likeliest = createTokenSampler({ temperature: 0 });

/** The token after a text, and by how much it is likelier than the next. */
async function afterWhole(text) {
  const { logits } = await whole.run({
    token: { dtype: 'int32', shape: [1, text.length], data: Int32Array.from(text) },
  });
  const { data } = await logits.read();
  logits.dispose();
  return likeliest.sample(data.subarray(data.length - tokens));
}

const random = noise(5);
const prompt = Array.from({ length: context }, () => Math.floor(random() * tokens));

// The text outgrows the context, and the cache moves on; the whole text is masked to it.
const steps = 24;
const text = [...prompt];
for await (const token of generator.generate(prompt, { maxTokens: steps, temperature: 0 })) {
  const expected = await afterWhole(text);
  if (token !== expected) {
    throw new Error(
      `generation: both ways must choose the same tokens, got ${token} with a cache after ${text.length}.\nExpected ${expected}.`,
    );
  }
  text.push(token);
}
if (new Set(text.slice(context)).size < 3) {
  throw new Error(
    `generation: tokens must vary, or agreement says nothing, got ${text.slice(context)}.`,
  );
}

const [tokensPerCall, calls, rounds] = [20, 10, 15];
const written = generator.generate(prompt, {
  // That of the prompt, and those of every round and the warm-up.
  maxTokens: 1 + tokensPerCall * calls * (rounds + 1),
  temperature: 0,
});
await written.next();
const cached = async () => {
  for (let token = 0; token < tokensPerCall; token++) {
    const { done } = await written.next();
    if (done) throw new Error('generation: the text ended before the measurement did.');
  }
};
const { ours, peer } = await takeTurns(cached, () => afterWhole(prompt), {
  calls,
  blocks: rounds,
  // Threads of the session that ran before wait for more work, on the same cores, before they sleep.
  before: () => new Promise((resolve) => setTimeout(resolve, 300)),
});
await written.return();
report([
  {
    name: 'a token at context 256, times as fast as without cache',
    goal: 5,
    speedup: true,
    ours: ours / tokensPerCall,
    peer,
  },
]);
process.exit(0);

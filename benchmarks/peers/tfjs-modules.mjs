// Node loads bundles of TensorFlow.js that register no gradients, and its gradients come as modules whose relative imports lack file
// extensions. Both share one engine and one registry through the global object.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export async function resolve(specifier, context, next) {
  const isTheirs = context.parentURL?.includes('/tfjs-core/dist/') ?? false;
  if (!isTheirs || !specifier.startsWith('.')) return next(specifier, context);
  const found = [specifier, `${specifier}.js`, `${specifier}/index.js`].find(
    (candidate) =>
      candidate.endsWith('.js') && existsSync(fileURLToPath(new URL(candidate, context.parentURL))),
  );
  return next(found ?? specifier, context);
}

export async function load(url, context, next) {
  const isModule = url.includes('/tfjs-core/dist/') && !url.endsWith('/tf-core.node.js');
  return next(url, isModule ? { ...context, format: 'module' } : context);
}

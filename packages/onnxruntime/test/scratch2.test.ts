import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { createReferenceBackend } from '@etalon/reference';
import { programOf } from './programs.ts';
import { createOnnxRuntimeBackend } from '../src/node/index.ts';

const S: any = { NaN: NaN, inf: Infinity, ninf: -Infinity, negzero: -0, big: 3e38, sub: 1e-40 };
it('x', { timeout: 900000 }, async () => {
  const device = (process.env.ORTDEV ?? 'cpu') as 'cpu' | 'webgpu';
  const a = await createOnnxRuntimeBackend({ device });
  const ref = createReferenceBackend();
  const out: string[] = [];
  const bad = new Map<string, string[]>();
  const note = (op: string, m: string) => { const l = bad.get(op) ?? []; l.push(m); bad.set(op, l); };
  async function run(b: any, p: any, inputs: any) { const e = await b.compile(p); const o = await e.run(inputs); const r: any = {}; for (const k in o) { r[k] = await o[k].read(); o[k].dispose(); } e.dispose(); return r; }
  function differs(g: any, e: any) {
    if (g.shape.join() !== e.shape.join()) return `shape ${g.shape} vs ${e.shape}`;
    for (let i = 0; i < e.data.length; i++) { const x = g.data[i], y = e.data[i]; if (Number.isNaN(x) && Number.isNaN(y)) continue; if (x === y) continue; if (Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= 1e-4 * Math.max(1, Math.abs(y))) continue; return `at ${i}: got ${x}, expected ${y}`; }
    return undefined;
  }
  async function cmp(op: string, label: string, p: any, inputs: any, pe?: any) {
    let g; try { g = await run(a, p, inputs); } catch (e: any) { note(op, `${label} THROWS ${e.message.slice(0, 200)} ${e.cause?.message?.slice(0,300)}`); return; }
    const e = await run(ref, p, inputs);
    for (const k in e) { const d = differs(g[k], e[k]); if (d) note(op, `${label} ${k} ${d}`); }
  }
  const f = (shape: number[], gen: (i: number) => number) => ({ dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => gen(i)) });
  const unary = ['abs','neg','sign','reciprocal','sqrt','exp','log','sin','cos','tanh','erf','sigmoid','relu','floor','ceil','roundEven','softplus','gelu','step','isNaN','elu','leakyRelu'];
  for (const op of unary) {
    const dt = op === 'isNaN' ? 'bool' : 'float32';
    const at = op === 'elu' ? { alpha: 1 } : op === 'leakyRelu' ? { alpha: 0.3 } : {};
    const p = programOf(op, ({ input, node, output }) => output('y', node(op as any, [input('x', 'float32', ['n'])], dt as any, ['n'], at)));
    const e = await a.compile(p), er = await ref.compile(p);
    for (const n of [1, 3, 8, 16, 37, 100]) for (const [name, v] of Object.entries(S)) for (let pos = 0; pos < n; pos += Math.max(1, Math.floor(n / 37))) {
      if (op === 'relu' && name === 'negzero') continue;
      const x = f([n], (i) => (i === pos ? (v as number) : 0.3 + (i % 5) * 0.2));
      try { const g: any = await (await e.run({ x } as any)).y!.read(); const w: any = await (await er.run({ x } as any)).y!.read();
      const d = differs(g, w); if (d) note(op, `n=${n} ${name}@${pos} ${d}`); } catch (err: any) { note(op, `n=${n} THROWS ${err.message}`); }
    }
    e.dispose(); er.dispose();
  }
  for (const op of ['add','sub','mul','div','max','min','pow','equal','notEqual','greater','greaterOrEqual','lesser','lesserOrEqual']) {
    const dt = ['add','sub','mul','div','max','min','pow'].includes(op) ? 'float32' : 'bool';
    const p = programOf(op, ({ input, node, output }) => output('y', node(op as any, [input('x', 'float32', ['n']), input('z', 'float32', ['n'])], dt as any, ['n'])));
    const e = await a.compile(p), er = await ref.compile(p);
    const vals = [NaN, Infinity, -Infinity, -0, 0, 1, -2.5];
    for (const n of [1, 7, 16, 49, 98]) { const x = f([n], (i) => vals[i % 7]!), z = f([n], (i) => vals[Math.floor(i / 7) % 7]!);
      const g: any = await (await e.run({ x, z } as any)).y!.read(); const w: any = await (await er.run({ x, z } as any)).y!.read(); const d = differs(g, w); if (d) note(op, `n=${n} ${d} x=${[...x.data].slice(0, 0)}`); }
    e.dispose(); er.dispose();
  }
  for (const op of ['softmax', 'logSoftmax']) for (const n of [1, 3, 8, 16, 37]) for (const [name, v] of Object.entries(S)) for (const pos of [0, 1, 7, 15, 36]) {
    if (pos >= n) continue;
    const p = programOf(op, ({ input, node, output }) => output('y', node(op as any, [input('x', 'float32', [3, n])], 'float32', [3, n], { axis: 1 })));
    await cmp(op, `n=${n} ${name}@${pos}`, p, { x: f([3, n], (i) => (i === n + pos ? (v as number) : (i % 7) * 0.1)) });
  }
  for (const op of ['reduceSum', 'reduceMean', 'reduceMax', 'reduceMin', 'argMax', 'argMin']) for (const n of [3, 8, 37, 100]) for (const [name, v] of Object.entries(S)) for (const pos of [0, 1, 7, 15, 36, 99]) for (const axis of [0, 1]) {
    if (pos >= n) continue;
    const shape = axis === 1 ? [3, n] : [n, 3]; const o = [3];
    const at = op.startsWith('arg') ? { axis, keepDims: false } : { axes: [axis], keepDims: false };
    const p = programOf(op, ({ input, node, output }) => output('y', node(op as any, [input('x', 'float32', shape)], op.startsWith('arg') ? 'int32' : 'float32', o, at)));
    await cmp(op, `n=${n} ${name}@${pos} axis ${axis}`, p, { x: f(shape, (i) => (i === (axis === 1 ? n + pos : pos * 3 + 1) ? (v as number) : (i % 7) * 0.1 + 0.05)) });
  }
  for (const [name, v] of Object.entries(S)) {
    const c = (strides: number, pad: number) => ({ strides: [strides, strides], padding: [[pad, pad], [pad, pad]], dilations: [1, 1], groups: 1 });
    for (const [s, pd] of [[1, 0], [1, 1], [2, 1]] as const) for (const ch of [1, 16]) {
      const H = 6, O = Math.floor((H + 2 * pd - 3) / s) + 1;
      const img = [2, H, H, ch], fil = [3, 3, ch, 4], res = [2, O, O, 4];
      const gen = (at: number) => (i: number) => (i === at ? (v as number) : ((i * 7) % 11) * 0.1 - 0.45);
      for (const where of ['first', 'second']) for (const at of [0, 17]) {
        const k1 = where === 'first' ? gen(at) : gen(-1), k2 = where === 'second' ? gen(at) : gen(-1);
        const L = `${name} ${where}@${at} stride ${s} pad ${pd} ch ${ch}`;
        await cmp('conv2d', L, programOf('c', ({ input, node, output }) => output('y', node('conv2d', [input('a', 'float32', img), input('b', 'float32', fil)], 'float32', res, c(s, pd)))), { a: f(img, k1), b: f(fil, k2) });
        await cmp('conv2dInputGradient', L, programOf('c', ({ input, node, output }) => output('y', node('conv2dInputGradient', [input('a', 'float32', res), input('b', 'float32', fil)], 'float32', img, { ...c(s, pd), inputSize: [H, H] }))), { a: f(res, k1), b: f(fil, k2) });
        await cmp('conv2dFilterGradient', L, programOf('c', ({ input, node, output }) => output('y', node('conv2dFilterGradient', [input('a', 'float32', img), input('b', 'float32', res)], 'float32', fil, { ...c(s, pd), filterSize: [3, 3] }))), { a: f(img, k1), b: f(res, k2) });
      }
    }
    for (const [w, s, pd] of [[2, 2, 0], [3, 2, 1], [2, 1, 0]] as const) {
      const H = 6, O = Math.floor((H + 2 * pd - w) / s) + 1; const at = { windowSize: [w, w], strides: [s, s], padding: [[pd, pd], [pd, pd]] };
      const img = [1, H, H, 2], res = [1, O, O, 2];
      for (const pos of [0, 5, 17]) { const gen = (i: number) => (i === pos ? (v as number) : ((i * 7) % 11) * 0.1 - 0.45);
        const L = `${name}@${pos} w${w} s${s} p${pd}`;
        await cmp('averagePool2d', L, programOf('c', ({ input, node, output }) => output('y', node('averagePool2d', [input('a', 'float32', img)], 'float32', res, at))), { a: f(img, gen) });
        await cmp('maxPool2d', L, programOf('c', ({ input, node, output }) => output('y', node('maxPool2d', [input('a', 'float32', img)], 'float32', res, at))), { a: f(img, gen) });
        await cmp('averagePool2dGradient', L, programOf('c', ({ input, node, output }) => output('y', node('averagePool2dGradient', [input('a', 'float32', res)], 'float32', img, { ...at, inputSize: [H, H] }))), { a: f(res, gen) });
        await cmp('maxPool2dGradient (dy)', L, programOf('c', ({ input, node, output }) => output('y', node('maxPool2dGradient', [input('a', 'float32', img), input('b', 'float32', res)], 'float32', img, at))), { a: f(img, (i) => ((i * 7) % 11) * 0.1), b: f(res, gen) });
      }
    }
    for (const [size, width] of [[5, 1], [5, 4], [5, 40], [300, 40]] as const) { 
      await cmp('scatterAdd', `${name} ${size}x${width}`, programOf('c', ({ input, node, output }) => output('y', node('scatterAdd', [input('i', 'int32', [3]), input('u', 'float32', [3, width])], 'float32', [size, width], { size }))), { i: { dtype: 'int32', shape: [3], data: Int32Array.of(1, 3, 1) }, u: f([3, width], (i) => (i === 1 ? (v as number) : 0.5)) }); }
    for (const n of [1, 5, 33]) await cmp('matmul', `${name} ${n}`, programOf('c', ({ input, node, output }) => output('y', node('matmul', [input('a', 'float32', [n, n]), input('b', 'float32', [n, n])], 'float32', [n, n]))), { a: f([n, n], (i) => (i === 0 ? (v as number) : 0.5)), b: f([n, n], (i) => (i % 3) - 1) });
    for (const [op, at, o] of [['pad', { before: [1, 0], after: [0, 1], value: v }, [3, 5]], ['expand', { shape: [3, 2, 4] }, [3, 2, 4]], ['transpose', { permutation: [1, 0] }, [4, 2]], ['reshape', { shape: [8] }, [8]], ['slice', { starts: [0, 1], sizes: [2, 2], strides: [1, 2] }, [2, 2]]] as any) await cmp(op, name, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', 'float32', [2, 4])], 'float32', o, at))), { a: f([2, 4], (i) => (i % 2 ? (v as number) : i)) });
    await cmp('concat', name, programOf('c', ({ input, node, output }) => { const x = input('a', 'float32', [2, 4]); output('y', node('concat', [x, x], 'float32', [2, 8], { axis: 1 })); }), { a: f([2, 4], (i) => (i % 2 ? (v as number) : i)) });
    await cmp('gather', name, programOf('c', ({ input, node, output }) => output('y', node('gather', [input('a', 'float32', [2, 4]), input('i', 'int32', [2])], 'float32', [2, 2], { axis: 1 }))), { a: f([2, 4], (i) => (i % 2 ? (v as number) : i)), i: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 0) } });
    await cmp('where', name, programOf('c', ({ input, node, output }) => { const x = input('a', 'float32', [40]); output('y', node('where', [input('c', 'bool', [40]), x, input('b', 'float32', [40])], 'float32', [40])); }), { a: f([40], () => v as number), b: f([40], (i) => i), c: { dtype: 'bool', shape: [40], data: Uint8Array.from({ length: 40 }, (_, i) => i % 2) } });
    await cmp('cast', name, programOf('c', ({ input, node, output }) => { const x = input('a', 'float32', ['n']); output('y', node('cast', [x], 'int32', ['n'], { to: 'int32' })); output('z', node('cast', [x], 'bool', ['n'], { to: 'bool' })); }), { a: f([40], (i) => (i % 3 ? (v as number) : i - 0.5)) });
  }
  // ranks
  const r8 = [1, 2, 1, 3, 2, 1, 2, 1], b8 = [2, 1, 3, 1, 1, 2, 1, 2], o8 = [2, 2, 3, 3, 2, 2, 2, 2];
  const two = (op: any, dt: any, odt: any) => programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, r8), input('b', dt, b8)], odt, o8)));
  const mk = (dt: string, shape: number[]) => { const n = shape.reduce((x, y) => x * y, 1); const d = Array.from({ length: n }, (_, i) => (dt === 'bool' ? i % 2 : (i % 5) + (dt === 'uint8' ? 0 : 1))); return { dtype: dt, shape, data: dt === 'float32' ? Float32Array.from(d) : dt === 'int32' ? Int32Array.from(d) : Uint8Array.from(d) }; };
  for (const op of Object.keys(a.manifest.operators) as any[]) {
    const dts = (a.manifest.operators as any)[op].dtypes as any[];
    for (const dt of dts) {
      const L = `rank8 ${dt}`;
      if (['add','sub','mul','div','max','min','pow'].includes(op)) await cmp(op, L, two(op, dt, dt), { a: mk(dt, r8), b: mk(dt, b8) });
      else if (['equal','notEqual','greater','greaterOrEqual','lesser','lesserOrEqual','logicalAnd','logicalOr','logicalXor'].includes(op)) await cmp(op, L, two(op, dt, 'bool'), { a: mk(dt, r8), b: mk(dt, b8) });
      else if ([...unary, 'logicalNot', 'identity', 'stopGradient'].includes(op)) await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], op === 'isNaN' ? 'bool' : dt, o8, { alpha: 0.5 }))), { a: mk(dt, o8) });
      else if (op === 'straightThrough') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8), input('b', dt, o8)], dt, o8))), { a: mk(dt, o8), b: mk(dt, o8) });
      else if (op === 'where') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('c', 'bool', o8), input('a', dt, r8), input('b', dt, b8)], dt, o8))), { c: mk('bool', o8), a: mk(dt, r8), b: mk(dt, b8) });
      else if (op === 'cast') for (const to of ['float32', 'int32', 'bool'] as const) await cmp(op, `${L}->${to}`, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], to, o8, { to }))), { a: mk(dt, o8) });
      else if (op.startsWith('reduce')) await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], dt, [2, 3, 2, 2, 2], { axes: [1, 3, 6], keepDims: false }))), { a: mk(dt, o8) });
      else if (op.startsWith('arg')) await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], 'int32', [2, 2, 3, 2, 2, 2, 2], { axis: 3, keepDims: false }))), { a: mk(dt, o8) });
      else if (op === 'matmul') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, [1, 2, 1, 3, 2, 1, 2, 3]), input('b', dt, [2, 1, 3, 1, 1, 2, 3, 4])], dt, [2, 2, 3, 3, 2, 2, 2, 4]))), { a: mk(dt, [1, 2, 1, 3, 2, 1, 2, 3]), b: mk(dt, [2, 1, 3, 1, 1, 2, 3, 4]) });
      else if (op === 'transpose') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], dt, [2, 3, 2, 2, 2, 3, 2, 2], { permutation: [7, 2, 5, 0, 1, 3, 4, 6] }))), { a: mk(dt, o8) });
      else if (op === 'expand') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, r8)], dt, o8, { shape: o8 }))), { a: mk(dt, r8) });
      else if (op === 'reshape') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, [576])], dt, o8, { shape: o8 }))), { a: mk(dt, [576]) });
      else if (op === 'concat') await cmp(op, L, programOf('c', ({ input, node, output }) => { const x = input('a', dt, r8); output('y', node(op, [x, x], dt, [1, 2, 1, 6, 2, 1, 2, 1], { axis: 3 })); }), { a: mk(dt, r8) });
      else if (op === 'slice') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], dt, [1, 2, 2, 2, 2, 1, 2, 2], { starts: [1, 0, 0, 1, 0, 1, 0, 0], sizes: [1, 2, 2, 2, 2, 1, 2, 2], strides: [1, 1, 2, 1, 1, 1, 1, 1] }))), { a: mk(dt, o8) });
      else if (op === 'pad') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, r8)], dt, [2, 2, 1, 4, 2, 1, 2, 2], { before: [1, 0, 0, 0, 0, 0, 0, 1], after: [0, 0, 0, 1, 0, 0, 0, 0], value: 1 }))), { a: mk(dt, r8) });
      else if (op === 'gather') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8), input('i', 'int32', [2])], dt, [2, 2, 3, 2, 2, 2, 2, 2], { axis: 3 }))), { a: mk(dt, o8), i: { dtype: 'int32', shape: [2], data: Int32Array.of(2, 0) } });
      else if (op === 'softmax' || op === 'logSoftmax') for (const axis of [7, 3, 0]) await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', dt, o8)], dt, o8, { axis }))), { a: mk(dt, o8) });
      else if (op === 'oneHot') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('a', 'int32', [1, 2, 1, 3, 2, 1, 2])], 'float32', [1, 2, 1, 3, 2, 1, 2, 7], { depth: 7 }))), { a: mk('int32', [1, 2, 1, 3, 2, 1, 2]) });
      else if (op === 'scatterAdd') await cmp(op, L, programOf('c', ({ input, node, output }) => output('y', node(op, [input('i', 'int32', [3]), input('a', dt, [3, 1, 2, 1, 2, 2, 1, 2])], dt, [6, 1, 2, 1, 2, 2, 1, 2], { size: 6 }))), { i: { dtype: 'int32', shape: [3], data: Int32Array.of(2, 0, 2) }, a: mk(dt, [3, 1, 2, 1, 2, 2, 1, 2]) });
      else if (!/conv2d|Pool2d|dimensionSize/.test(op)) note(op, 'no rank probe');
    }
  }
  for (const [op, l] of bad) out.push(`${op}: ${l.length}\n   ${l.slice(0, 6).join('\n   ')}`);
  writeFileSync(`/tmp/ortprobe/probe-${device}.txt`, out.join('\n'));
  await a.dispose();
});

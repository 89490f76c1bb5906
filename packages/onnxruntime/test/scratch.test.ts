import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { conformanceCases } from '../../conformance/src/families/index.ts';
import { caseCheck } from '../../conformance/src/checks/case-check.ts';
import { createOnnxRuntimeBackend } from '../src/node/index.ts';

it('cases', { timeout: 900000 }, async () => {
  const device = (process.env.ORTDEV ?? 'cpu') as 'cpu' | 'webgpu';
  const only = process.env.ONLY ?? '';
  const createBackend = (r?: any) => createOnnxRuntimeBackend({ device, ...(r?.threads ? { threads: r.threads } : {}) });
  const backend = await createBackend();
  const out: string[] = [];
  let n = 0;
  for (const order of ['value', 'gradient', 'second'] as const) {
    for (const c of conformanceCases as any[]) {
      if (!c.id.startsWith(only)) continue;
      if (order === 'gradient' && c.gradient === 'none') continue;
      if (order === 'second' && !c.secondOrder) continue;
      n++;
      let check: any; try { check = caseCheck(c, { id: `${order}/${c.id}`, suite: 'operators', order } as any); check.unsupported(backend.manifest) } catch (e: any) { out.push(`BUILD ${c.id} ${e.message}`); continue; }
      const un = check.unsupported(backend.manifest);
      if (un) { out.push(`UNSUPPORTED ${order}/${c.id}: ${un}`); continue; }
      try { await check.run({ backend, createBackend, factor: 1 }); } catch (e: any) { out.push(`FAIL ${order}/${c.id} ${e.code}: ${e.message.slice(0, 600)} ${e.cause ? '| cause ' + String(e.cause.message).slice(0, 200) : ''}`); }
    }
  }
  writeFileSync(`/tmp/ortprobe/cases-${device}.txt`, `${n} checks, ${out.length} notes\n` + out.join('\n'));
  await backend.dispose();
});

import type { Check } from '../checks/check.ts';
import { absenceChecks } from './absence.ts';
import { derivedChecks } from './derived.ts';
import { determinismChecks } from './determinism.ts';
import { errorChecks } from './errors.ts';
import { lifecycleChecks } from './lifecycle.ts';
import { manifestChecks } from './manifest.ts';
import { networkChecks } from './networks.ts';
import { randomChecks } from './random.ts';
import { randomLoopChecks } from './random-loops.ts';
import { resultChecks } from './results.ts';
import { threadChecks } from './threads.ts';
import { trainingChecks } from './training.ts';
import { uploadChecks } from './uploads.ts';
import { gradientChecks, secondOrderChecks, valueChecks } from './values.ts';

/** Every check of the suite, in the order that they are run. */
export const conformanceChecks: readonly Check[] = [
  ...manifestChecks,
  ...valueChecks,
  ...gradientChecks,
  ...secondOrderChecks,
  ...randomChecks,
  ...randomLoopChecks,
  ...networkChecks,
  ...trainingChecks,
  ...lifecycleChecks,
  ...uploadChecks,
  ...resultChecks,
  ...errorChecks,
  ...absenceChecks,
  ...determinismChecks,
  ...threadChecks,
  ...derivedChecks,
];

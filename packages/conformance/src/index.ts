/**
 * The numeric contract as runnable checks: values, gradients and training curves of any backend.
 *
 * @packageDocumentation
 */
export type {
  CaseRun,
  ConformanceCase,
  ExpectedValues,
  GradientKind,
  HostTensors,
  Tensors,
} from './cases/case.ts';
export type {
  BackendRequest,
  Check,
  CheckContext,
  CreateBackend,
  OperatorUse,
  SuiteName,
} from './checks/check.ts';
export { ConformanceError } from './checks/check.ts';
export { compareTensor } from './checks/compare.ts';
export type { ExpectedTensor } from './checks/expectation.ts';
export { checkGradientRule } from './checks/gradient-rule.ts';
export { conformanceCases } from './families/index.ts';
export type { ConformanceOptions, Widening } from './options.ts';
export type { CheckOutcome, ConformanceReport } from './report.ts';
export { summarize } from './report.ts';
export type { RunOptions } from './run-conformance.ts';
export { runConformance } from './run-conformance.ts';
export type { SabotagedBackend } from './sabotage/index.ts';
export { sabotagedBackends } from './sabotage/index.ts';
export { conformanceChecks } from './suites/index.ts';
export { NORM_BUDGETS, relativeNorm } from './suites/networks.ts';
export { TRAINING_BANDS } from './suites/training.ts';
export { renderSupport, supportColumn } from './support-table.ts';

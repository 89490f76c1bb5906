import { describeBackendConformance } from '@etalon/conformance/vitest';
import { createMinimalBackend } from '../src/index.ts';

describeBackendConformance('minimal', createMinimalBackend);

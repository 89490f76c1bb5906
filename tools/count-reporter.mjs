import { writeSync } from 'node:fs';

/** @import { Reporter, SerializedError, TestModule } from 'vitest/node' */

/**
 * Prints `N passed, N failed` (`, N skipped` when there are any) as the very last line of stdout.
 *
 * A file that cannot be imported and an error outside a test count as one failure each, so that
 * the line never says `0 failed` when the run is red.
 *
 * @implements {Reporter}
 */
export class CountReporter {
  #counts = { passed: 0, failed: 0, skipped: 0 };
  #registered = false;

  /**
   * @param {readonly TestModule[]} testModules
   * @param {readonly SerializedError[]} unhandledErrors
   */
  onTestRunEnd(testModules, unhandledErrors) {
    this.#counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const testModule of testModules) this.#addModule(testModule);
    this.#registerExit();
  }

  /** @param {TestModule} testModule */
  #addModule(testModule) {
    const counts = this.#counts;
    const failedBefore = counts.failed;
    for (const testCase of testModule.children.allTests()) {
      const { state } = testCase.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'skipped') counts.skipped += 1;
      else counts.failed += 1;
    }
    if (counts.failed === failedBefore && testModule.state() === 'failed') counts.failed += 1;
  }

  // Other reporters still write after onTestRunEnd; only the exit handler is surely last.
  #registerExit() {
    if (this.#registered) return;
    this.#registered = true;
    process.once('exit', () => {
      const { passed, failed, skipped } = this.#counts;
      const tail = skipped > 0 ? `, ${skipped} skipped` : '';
      writeSync(1, `${passed} passed, ${failed} failed${tail}\n`);
    });
  }
}

/** Jest's own summary is spread over several lines; this is its result in one, the last of the run. */
export default class SummaryReporter {
  /**
   * @param {unknown} _contexts
   * @param {import('@jest/test-result').AggregatedResult} results
   */
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    const parts = [`${numPassedTests} passed`, `${numFailedTests} failed`];
    const skipped = numPendingTests + numTodoTests;
    if (skipped > 0) parts.push(`${skipped} skipped`);
    if (numRuntimeErrorTestSuites > 0) parts.push(`${numRuntimeErrorTestSuites} files could not be run`);
    // Jest always adds its own summary after all reporters.
    process.once('exit', () => process.stdout.write(`${parts.join(', ')}\n`));
  }
}

/**
 * Switches off ONNX Runtime's reports to its maker, unless the variable is set already.
 *
 * Since 1.29 the engine sends usage events from Linux and macOS and keeps files for that in the temporary
 * folder; the variable, read when the first session is created, is its documented way out. In a worker
 * thread the environment is a copy that the engine does not see: there, the main thread has to set it.
 */
export function declineTelemetry(environment: Record<string, string | undefined>): void {
  environment.ORT_DISABLE_TELEMETRY ??= '1';
}

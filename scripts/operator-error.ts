/** An expected failure. The operator sees only its message, without a stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/**
 * Runs the main function of a command line tool. If it fails, prints one clear message and exits
 * with code 1; also if Node.js runs out of work before the function returns.
 */
export function runMain(main: () => Promise<number | void>): void {
  let ended = false;
  process.once('exit', (code) => {
    if (ended || code !== 0) return;
    process.stderr.write('\nerror: this command ended before it was done. Please run it again.\n');
    process.exitCode = 1;
  });
  main().then(
    (code) => {
      ended = true;
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      ended = true;
      process.stderr.write(`\n${operatorText(error)}\n`);
      process.exitCode = 1;
    },
  );
}

/**
 * Our own errors have a message for the operator. Anything else is a bug and gets a stack trace.
 */
function operatorText(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const expected = ['OperatorError', 'KitError', 'SettingsError', 'StackError'].includes(
    error.name,
  );
  return expected
    ? `error: ${error.message}`
    : `error: ${error.message}\nThis is a bug in these scripts. Please report it with:\n${error.stack ?? ''}`;
}

/** Why `fetch` failed. It says so only in its cause. */
export function fetchFailure(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: { readonly message?: string } };
  return cause?.message || message;
}

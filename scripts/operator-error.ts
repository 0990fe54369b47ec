/** An expected failure: shown to the operator as its message alone, without a stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** Runs a command line tool's main function: one clear message on failure, exit code 1. */
export function runMain(main: () => Promise<number | void>): void {
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      process.stderr.write(`\n${operatorText(error)}\n`);
      process.exitCode = 1;
    },
  );
}

/** Errors of ours carry a message made for people; anything else is a bug and shows where it is. */
function operatorText(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const expected = ['OperatorError', 'KitError', 'SettingsError', 'StackError'].includes(
    error.name,
  );
  return expected
    ? `error: ${error.message}`
    : `error: ${error.message}\nThis is a fault of these scripts; please report it with:\n${error.stack ?? ''}`;
}

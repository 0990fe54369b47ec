import { dirname } from 'node:path';

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
    process.stderr.write('\nerror: this command exited before it finished. Please run it again.\n');
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
 * Our own errors have a message for the operator, and those of the file system get one here.
 * Anything else is a bug and gets a stack trace.
 */
export function operatorText(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const expected = ['OperatorError', 'KitError', 'SettingsError', 'StackError'].includes(
    error.name,
  );
  if (expected) return `error: ${error.message}`;
  const remedy = fileRemedy(error);
  return remedy === undefined
    ? `error: ${error.message}\nThis is a bug in these scripts. Please report it with:\n${error.stack ?? ''}`
    : `error: ${error.message}\n${remedy}`;
}

/** What to do if this machine does not let us write or read; undefined for other errors. */
function fileRemedy({ code, path }: NodeJS.ErrnoException): string | undefined {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT': {
      const what =
        code === 'ENOSPC' ? 'The disk is full' : 'The disk quota of this user is used up';
      // A failed write does not say which file it was for.
      const where = path === undefined ? '' : ` ${quoted(dirname(path))}`;
      return `${what}. Free some space, then run the command again.\nExample: df -h${where}`;
    }
    case 'EACCES':
    case 'EPERM':
    case 'EROFS': {
      if (path === undefined) return undefined;
      const why =
        code === 'EROFS'
          ? 'Its file system is read-only.'
          : 'This user may not use it, for example because another user (sudo) created it.';
      return `${why} Change that, then run the command again.\nExample: ls -ld ${quoted(dirname(path))} ${quoted(path)}`;
    }
    default:
      return undefined;
  }
}

/** For a shell. */
const quoted = (path: string): string =>
  /^[\w./:@-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

/** Why `fetch` failed. It says so only in its cause. */
export function fetchFailure(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: { readonly message?: string } };
  return cause?.message || message;
}

import type { Log } from './errors';

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * A log on a terminal or in a file. On a terminal there is at most one transient line, and the next
 * line takes its place; in a file all lines stay.
 */
export function logTo(output: Output): Log {
  let transientShown = false;
  return (line, { transient = false } = {}) => {
    if (output.isTTY !== true) {
      output.write(`${line}\n`);
      return;
    }
    const start = transientShown ? '\r\x1b[K' : '';
    // A longer line would wrap, and only its last part could be replaced.
    const shown = transient ? line.slice(0, (output.columns ?? 80) - 1) : `${line}\n`;
    output.write(`${start}${shown}`);
    transientShown = transient;
  };
}

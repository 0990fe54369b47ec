/** An expected failure, to be shown as its message alone, without a stack trace. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

/** Where progress lines go. */
export type Log = (line: string) => void;

/** What a caller can ask the kit to make ready. A tool is named as its command is. */
export type Need = 'pulumi' | 'docker' | 'images' | Tool;

/** Command-line tools which the kit can provide beside the engine. */
export type Tool = 'prometheus' | 'promtool' | 'alertmanager' | 'amtool' | 'kubeconform';

/**
 * How the kit decides: `auto` uses stock parts where they are installed or can be downloaded and builds the rest;
 * `offline` never tries a download of a release; `stock` never builds and never uses a stand-in.
 */
export type Mode = 'auto' | 'offline' | 'stock';

export interface PrepareOptions {
  readonly need: readonly Need[];
  /** @default the environment variable AUDIFI_KIT, else `auto` */
  readonly mode?: Mode;
  /** Where progress lines go. @default standard error */
  readonly log?: (line: string) => void;
}

export interface Kit {
  /** Variables to lay over `process.env` of everything that is started: PATH with the kit's tools in front, … */
  readonly env: Record<string, string>;
  /** Absolute path of each command that was asked for. */
  readonly commands: Record<string, string>;
  /** Parts that are ours in place of the released ones, by the released one's name; empty on a stock machine. */
  readonly standIns: readonly string[];
  /** Real parts in use, each with where it came from. */
  readonly real: readonly string[];
  /** The closing line; `prepare` has already logged it. */
  readonly summary: string;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What the user does about it; empty when `ok`. */
  readonly fix: string;
}

/** An expected failure, to be shown as its message alone, without a stack trace. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

/** Makes what `need` names ready and says what of it is a stand-in. Throws a KitError with one clear message. */
export async function prepare(options: PrepareOptions): Promise<Kit> {
  throw new KitError(`not yet: ${options.need.join(', ')}`);
}

/** The checks of `make doctor`: what is there, what would be built, what is missing. Changes nothing. */
export async function doctorChecks(): Promise<Check[]> {
  return [];
}

/** One line of `make doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What the user does about it; empty when `ok`. */
  readonly fix: string;
}

/** The checks of `make doctor`: what is there, what would be built, what is missing. Changes nothing. */
export async function doctorChecks(): Promise<Check[]> {
  return [];
}

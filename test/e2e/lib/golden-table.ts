/**
 * A row of the golden table: what a program writes, and the expected entry with either agent. Each
 * text has a unique mark.
 */
export interface Golden {
  readonly container: string;
  /** Lines of the program, without line feeds. */
  readonly lines: readonly string[];
  readonly want: readonly Want[];
  readonly why: string;
}

export interface Want {
  /** Occurs in the stored entry only. */
  readonly mark: string;
  readonly level: string;
  readonly job?: string;
  /** @default not checked; `none`: there is none */
  readonly parseError?: string;
  /** Number of lines in the entry. @default 1 */
  readonly count?: number;
  /** Whether the line's own time is stored instead of the engine's. @default false */
  readonly ownTime?: boolean;
}

/** The table while it is being filled, and the times that its lines contain. */
export interface GoldenTable {
  readonly rows: readonly Golden[];
  /** Adds a row. `#name` in a text becomes a mark, the same in all texts of the row. */
  readonly add: (why: string, container: string, lines: readonly string[], ...want: Want[]) => void;
  readonly now: Date;
  /** `now` in RFC 3339. */
  readonly iso: string;
  /** That many hours after `now`, in RFC 3339. */
  readonly at: (hours: number) => string;
  /** `now` as PostgreSQL writes it. */
  readonly pg: string;
  /** `now` as Redis writes it. @param shown a time in RFC 3339 */
  readonly redisTime: (shown: string) => string;
}

/** The date of a time in RFC 3339. */
export const day = (iso: string): string => iso.slice(0, 10);
/** The time of day of a time in RFC 3339, with milliseconds. */
export const clock = (iso: string): string => iso.slice(11, 23);
export const json = (fields: object): string => JSON.stringify(fields);

/** The container of a service that writes JSON. */
export const api = 'audifi-e2e-api-server';

/** An empty table. @param now the time that its lines contain */
export function goldenTable(now: Date): GoldenTable {
  const iso = now.toISOString();
  const at = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString();
  const pg = `${day(iso)} ${clock(iso)} UTC`;
  let count = 0;
  const marks = new Map<string, string>();
  /** `#name` in a text becomes a mark. */
  const marked = (text: string): string =>
    text.replace(/#([a-z]\w*)/g, (_, name: string) => {
      const known = marks.get(name) ?? `golden-${String((count += 1)).padStart(3, '0')}-`;
      marks.set(name, known);
      return known;
    });
  const rows: Golden[] = [];
  const add = (why: string, container: string, lines: readonly string[], ...want: Want[]): void => {
    marks.clear();
    const written = lines.map(marked);
    rows.push({
      why,
      container,
      lines: written,
      want: want.map((one) => ({ ...one, mark: marked(one.mark) })),
    });
  };
  const [, month, date] = now.toUTCString().slice(0, 16).split(' ').reverse();
  const redisTime = (shown: string): string =>
    `${date} ${month} ${shown.slice(0, 4)} ${clock(shown)}`;
  return { rows, add, now, iso, at, pg, redisTime };
}

import { answer, type Server } from './answer';

export interface LokiLine {
  /** Stream labels and structured metadata. */
  readonly labels: Readonly<Record<string, string>>;
  /** Unix time in nanoseconds. */
  readonly time: bigint;
  readonly line: string;
}

/** Loki returns at most 5,000 lines at once. */
const mostLines = 5_000;

/** The HTTP API: https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
export class LokiClient {
  constructor(private readonly server: Server) {}

  /** The newest lines in the time range. @param start unix time in seconds */
  async newest(query: string, start: number, end: number, limit: number): Promise<LokiLine[]> {
    return this.lines(query, nanos(start), nanos(end), limit, 'backward');
  }

  /** All lines in the time range, in order. @param start unix time in seconds */
  async all(query: string, start: number, end: number): Promise<LokiLine[]> {
    const found: LokiLine[] = [];
    for (let from = nanos(start); ;) {
      const lines = await this.lines(query, from, nanos(end), mostLines, 'forward');
      found.push(...lines);
      const last = lines.at(-1);
      if (last === undefined || lines.length < mostLines) return found;
      from = last.time + 1n;
    }
  }

  private async lines(
    query: string,
    start: bigint,
    end: bigint,
    limit: number,
    direction: 'forward' | 'backward',
  ): Promise<LokiLine[]> {
    const fields = new URLSearchParams({
      ...{ query, start: String(start), end: String(end), limit: String(limit), direction },
    });
    const { data } = (await answer(this.server, `/loki/api/v1/query_range?${fields}`)) as {
      readonly data: {
        readonly result: readonly {
          readonly stream: Readonly<Record<string, string>>;
          readonly values: readonly (readonly [time: string, line: string])[];
        }[];
      };
    };
    return data.result
      .flatMap(({ stream, values }) =>
        values.map(([time, line]) => ({ labels: stream, time: BigInt(time), line })),
      )
      .sort((a, b) => (a.time < b.time ? -1 : 1));
  }
}

const nanos = (seconds: number): bigint => BigInt(Math.round(seconds * 1000)) * 1_000_000n;

import { answer, RefusedError, type Server } from './answer';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly metric: Labels;
  readonly value: number;
}

/** Values of one series: [unix time in seconds, value]. */
export interface Range {
  readonly metric: Labels;
  readonly values: readonly (readonly [time: number, value: string])[];
}

/** What a query cost. */
export interface Cost {
  /** Seconds of evaluation. */
  readonly seconds: number;
  readonly samples: number;
}

interface Answered<T> {
  readonly data: {
    readonly result: T;
    readonly stats?: {
      readonly timings?: { readonly evalTotalTime?: number };
      readonly samples?: { readonly totalQueryableSamples?: number };
    };
  };
}

/** Points of a series in one answer; Prometheus refuses more than 11,000. */
const mostPoints = 10_000;

/** The HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/ */
export class PrometheusClient {
  /** @param seconds timeout of a query */
  constructor(
    private readonly server: Server,
    private readonly seconds = 90,
  ) {}

  /** @param time unix time in seconds. @default now */
  async query(query: string, time?: number): Promise<Sample[]> {
    return (await this.costOf(query, time)).samples;
  }

  /** The result of an instant query, and what it cost. */
  async costOf(query: string, time?: number): Promise<{ samples: Sample[]; cost: Cost }> {
    const { data } = await this.post<Answered<RawSample[]>>('query', {
      ...{ query, stats: 'all' },
      ...(time === undefined ? {} : { time: String(time) }),
    });
    const cost = {
      seconds: data.stats?.timings?.evalTotalTime ?? 0,
      samples: data.stats?.samples?.totalQueryableSamples ?? 0,
    };
    const samples = data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    return { samples, cost };
  }

  /**
   * A range query of any length, in parts. A part that reads too many samples or takes too long is
   * halved.
   *
   * @param step seconds
   */
  async range(query: string, start: number, end: number, step: number): Promise<Range[]> {
    const parts: Range[][] = [];
    let [from, points] = [start, mostPoints];
    while (from <= end) {
      const to = Math.min(end, from + (points - 1) * step);
      try {
        const { data } = await this.post<Answered<Range[]>>('query_range', {
          ...{ query, start: String(from), end: String(to), step: String(step) },
        });
        parts.push(data.result);
        from = to + step;
      } catch (error) {
        const heavy =
          error instanceof RefusedError && /too many samples|timed out/.test(error.reason);
        if (!heavy || points <= 10) throw error;
        points = Math.ceil(points / 2);
      }
    }
    return joined(parts);
  }

  /** All samples of a series that Prometheus has stored, as [seconds, value]. */
  async stored(selector: string, seconds: number, end: number): Promise<Range[]> {
    const query = `${selector}[${Math.ceil(seconds)}s]`;
    const { data } = await this.post<Answered<Range[]>>('query', { query, time: String(end) });
    return data.result;
  }

  /** Label sets of series with a sample in the time range. @param limit 0: all */
  async series(selector: string, start: number, end: number, limit = 0): Promise<Labels[]> {
    const { data } = await this.post<{ data: Labels[] }>('series', {
      ...{ 'match[]': selector, start: String(start), end: String(end), limit: String(limit) },
    });
    return data;
  }

  /** Time of the oldest sample; undefined if there is no block yet. */
  async oldest(): Promise<number | undefined> {
    const [found] = await this.query('min(prometheus_tsdb_lowest_timestamp_seconds)');
    return found !== undefined && found.value > 0 ? Math.ceil(found.value) : undefined;
  }

  /** Type of each metric by name, as its targets declare it. */
  async types(): Promise<ReadonlyMap<string, string>> {
    const answered = (await answer(this.server, '/api/v1/metadata')) as {
      readonly data: Readonly<Record<string, readonly { readonly type: string }[]>>;
    };
    return new Map(Object.entries(answered.data).map(([name, [one]]) => [name, one?.type ?? '']));
  }

  private async post<T>(path: string, fields: Record<string, string>): Promise<T> {
    const body = new URLSearchParams(fields);
    return (await answer(this.server, `/api/v1/${path}`, { body, seconds: this.seconds })) as T;
  }
}

interface RawSample {
  readonly metric: Labels;
  readonly value: readonly [time: number, value: string];
}

/** Series of successive parts, each series once. */
function joined(parts: readonly (readonly Range[])[]): Range[] {
  const all = new Map<string, { metric: Labels; values: (readonly [number, string])[] }>();
  for (const { metric, values } of parts.flat()) {
    const key = JSON.stringify(Object.entries(metric).sort());
    const known = all.get(key);
    if (known === undefined) all.set(key, { metric, values: [...values] });
    else for (const value of values) known.values.push(value);
  }
  return [...all.values()];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
  /** E.g. `15s`. */
  readonly scrapeInterval: string;
}

/**
 * The HTTP API of a running Prometheus. https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export class PrometheusApi {
  constructor(private readonly url: string) {}

  async query(expression: string, time?: number): Promise<Sample[]> {
    const parameters: Record<string, string> = { query: expression };
    if (time !== undefined) parameters['time'] = String(time);
    const { result } = await this.get<{
      result: { metric: Record<string, string>; value: [number, string] }[];
    }>('query', parameters);
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Value of an expression with exactly one result. */
  async value(expression: string): Promise<number> {
    const samples = await this.query(expression);
    if (samples.length !== 1) throw new Error(`${expression}: ${samples.length} series`);
    return samples[0]?.value ?? NaN;
  }

  /** All raw samples of a series in the last `range`, as [seconds, value]. */
  async raw(selector: string, range: string): Promise<[number, string][]> {
    const { result } = await this.get<{ result: { values: [number, string][] }[] }>('query', {
      query: `${selector}[${range}]`,
    });
    return result.flatMap((series) => series.values);
  }

  async targets(): Promise<Target[]> {
    const { activeTargets } = await this.get<{ activeTargets: Target[] }>('targets', {
      state: 'active',
    });
    return activeTargets;
  }

  private async get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const query = new URLSearchParams(parameters);
    const response = await fetch(`${this.url}/api/v1/${path}?${query}`, {
      signal: AbortSignal.timeout(5000),
    });
    const body = (await response.json()) as { data: T; error?: string };
    if (!response.ok) throw new Error(`${path}: ${body.error ?? response.status}`);
    return body.data;
  }
}

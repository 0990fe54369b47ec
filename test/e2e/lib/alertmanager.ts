/** An alert as Prometheus sends it. */
export interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

/**
 * The HTTP API of a running Alertmanager:
 * https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
export class AlertmanagerApi {
  constructor(private readonly url: string) {}

  async send(alerts: readonly SentAlert[]): Promise<void> {
    await this.call('alerts', alerts);
  }

  /** Names and states of its alerts, with the link to the query of each. */
  async alerts(): Promise<{ name: string; state: string; receivers: string[]; link: string }[]> {
    const alerts = (await this.call('alerts')) as {
      labels: Record<string, string>;
      status: { state: string };
      receivers: { name: string }[];
      generatorURL: string;
    }[];
    return alerts.map(({ labels, status, receivers, generatorURL: link }) => ({
      link,
      name: labels['alertname'] ?? '',
      state: status.state,
      receivers: receivers.map((r) => r.name),
    }));
  }

  /** Its own metrics, as Prometheus reads them. */
  async metrics(): Promise<string> {
    const response = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5000) });
    return response.text();
  }

  /** Silences the alerts of a name for an hour. Returns the silence's ID. */
  async silence(alertname: string): Promise<string> {
    const now = Date.now();
    const answer = (await this.call('silences', {
      matchers: [{ name: 'alertname', value: alertname, isRegex: false, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + 3_600_000).toISOString(),
      createdBy: 'e2e',
      comment: 'a test',
    })) as { silenceID: string };
    return answer.silenceID;
  }

  /** IDs of the active silences. */
  async silences(): Promise<string[]> {
    const all = (await this.call('silences')) as { id: string; status: { state: string } }[];
    return all.filter(({ status }) => status.state === 'active').map(({ id }) => id);
  }

  private async call(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v2/${path}`, {
      signal: AbortSignal.timeout(5000),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

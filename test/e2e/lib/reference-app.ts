import { Checkout, type Config, type MakeResult } from './checkout';
import { eventually, logsOf } from './engine';
import { PrometheusApi } from './prometheus';

/** The scrape jobs of the specification. */
export const specJobs = ['caddy', 'api-server', 'ws-server', 'worker', 'postgres', 'redis', 'node'];

/** Response of the traffic generator's `GET /sent`. */
export interface Sent {
  readonly counted: readonly Count[];
  /** Their responses were lost, so the application may have counted them. */
  readonly unsure: readonly Count[];
  /** Answered by the proxy instead of the application. */
  readonly elsewhere: readonly Count[];
  readonly connections: readonly { session_id: string; role: string; value: number }[];
  /** Logins of the last five minutes, by a request or an open connection. */
  readonly logins: number;
}

export interface Count {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A response with a known body. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** Response of the inbox's `GET /api/notifications`. */
export interface Notified {
  readonly via: 'pagerduty' | 'slack';
  readonly channel: string;
  readonly status: 'firing' | 'resolved';
  readonly alert: string;
  readonly receivedAt: string;
}

/** A stack with the reference application on its own ports, starting at `base`. */
export class AppStack {
  readonly ports;
  readonly prometheus: PrometheusApi;
  private readonly checkout: Checkout;

  constructor(
    readonly stack: string,
    base: number,
    config: (ports: AppStack['ports']) => Config,
  ) {
    this.ports = {
      prometheus: base,
      alertmanager: base + 1,
      web: base + 2,
      control: base + 3,
      inbox: base + 4,
      loki: base + 5,
    };
    this.prometheus = new PrometheusApi(`http://127.0.0.1:${this.ports.prometheus}`);
    this.checkout = new Checkout(stack);
    this.checkout.configure(config(this.ports));
  }

  /** Throws with the output of the command and the container logs. */
  async make(target: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, output } = await this.checkout.make(target, env);
    if (code !== 0) {
      throw new Error(`make ${target}: exit ${code}\n${output}\n${logsOf(this.stack)}`);
    }
    return output;
  }

  /** Like `make`, for a command whose exit code is a result. */
  run(target: string, env: NodeJS.ProcessEnv = {}): Promise<MakeResult> {
    return this.checkout.make(target, env);
  }

  async remove(): Promise<void> {
    await this.checkout.make('destroy', { PURGE: '1' });
    this.checkout.remove();
  }

  async sent(): Promise<Sent> {
    return (await this.get(this.ports.control, '/sent')) as Sent;
  }

  /** Stops the generator and waits until nothing is in flight. */
  async pause(): Promise<void> {
    await this.put(this.ports.control, '/pause');
  }

  async resume(): Promise<void> {
    await this.put(this.ports.control, '/resume');
  }

  async notifications(): Promise<readonly Notified[]> {
    const state = await this.get(this.ports.inbox, '/api/notifications');
    return (state as { notifications: Notified[] }).notifications;
  }

  async clearInbox(): Promise<void> {
    await fetch(`http://127.0.0.1:${this.ports.inbox}/api/notifications`, { method: 'DELETE' });
  }

  /** A response of the application to its users. */
  async web<T>(path: string): Promise<Answer<T>> {
    const response = await fetch(`http://127.0.0.1:${this.ports.web}${path}`, {
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** Waits until all jobs of the spec are up and the traffic is counted. */
  async settled(jobs: readonly string[]): Promise<void> {
    await eventually('every job is up', 120, async () => {
      const up = await this.prometheus.query('up == 1');
      const names = new Set(up.map(({ metric }) => metric['job'] ?? ''));
      const missing = jobs.filter((job) => !names.has(job));
      if (missing.length > 0) throw new Error(`not up: ${missing.join(', ')}`);
      return true;
    });
    await eventually('traffic is counted', 60, async () =>
      (await this.prometheus.query('sum(http_requests_total) > 50')).length > 0 ? true : undefined,
    );
  }

  private async get(port: number, path: string): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  }

  private async put(port: number, path: string): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'PUT',
      signal: AbortSignal.timeout(40_000),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
}

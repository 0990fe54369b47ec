import { cpSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { alertmanagerWorkload } from '../../../components/alerting/alertmanager';
import { alertingSchema } from '../../../components/alerting/settings-schema';
import { freePort } from '../../../scripts/free-port';
import { type Rendered, Service } from './processes';

const count = 3;

/**
 * Three Alertmanagers that form a cluster on the loopback interface, with the program's flags for
 * replicas. Docker runs one instance; on a cluster these are the pods of a StatefulSet.
 */
export class AlertmanagerCluster {
  readonly members: Service[] = [];
  private readonly gossip: number[] = [];
  private readonly http: number[] = [];

  constructor(
    private readonly command: string,
    /** The single instance of the rendered stack. */
    private readonly single: Rendered,
  ) {}

  async start(): Promise<this> {
    for (let i = 0; i < count; i += 1) {
      this.http.push(await freePort());
      this.gossip.push(await freePort());
    }
    for (let i = 0; i < count; i += 1) this.members.push(this.member(i));
    await Promise.all(this.members.map((member) => member.start()));
    return this;
  }

  /**
   * Cuts a member off from the others: they drop its gossip, and it drops theirs. It can still send
   * notifications, and still receives alerts.
   */
  async partition(i: number): Promise<void> {
    await this.replace(i, this.member(i, 'the-other-side'));
  }

  /** The member of before, with its data, in the cluster. */
  async heal(i: number): Promise<void> {
    await this.replace(i, this.member(i));
  }

  /** Number of members that this one knows, itself included. */
  async known(i: number): Promise<number> {
    const response = await fetch(`${this.members[i]?.url ?? ''}/api/v2/status`);
    const { cluster } = (await response.json()) as { cluster: { peers?: readonly unknown[] } };
    return cluster.peers?.length ?? 1;
  }

  async remove(): Promise<void> {
    await Promise.all(this.members.map((member) => member.remove()));
  }

  private async replace(i: number, next: Service): Promise<void> {
    const before = this.members[i];
    await before?.kill('SIGTERM');
    if (before !== undefined) cpSync(before.data, next.data, { recursive: true });
    await before?.remove();
    this.members[i] = next;
    await next.start();
  }

  private member(i: number, label = 'e2e'): Service {
    const { args, ...rest } = this.single;
    const flags = clusterFlags().map((flag) =>
      flag.startsWith('--cluster.label=') ? `--cluster.label=${label}` : flag,
    );
    const rendered = {
      ...rest,
      args: [...args.filter((arg) => !arg.startsWith('--cluster.')), ...flags],
    };
    return new Service(
      this.command,
      rendered,
      [
        ['/etc/alertmanager', '{dir}/etc/alertmanager'],
        ['--storage.path=/alertmanager', '--storage.path={dir}/data'],
        ['--web.listen-address=:9093', `--web.listen-address=127.0.0.1:${this.http[i]}`],
        ['0.0.0.0:9094', `127.0.0.1:${this.gossip[i]}`],
        ...this.gossip.map((port, n) => [`peer-${n}:9094`, `127.0.0.1:${port}`] as const),
        ['$(INSTANCE_NAME)', `alertmanager-${i}`],
      ],
      `http://127.0.0.1:${this.http[i]}`,
    );
  }
}

/** As on a cluster. */
function clusterFlags(): string[] {
  const { alertmanager, slack, pagerduty } = alertingSchema.parse({
    alertmanager: { replicas: count },
  });
  const { args = [] } = alertmanagerWorkload('alertmanager', {
    platform: {
      instanceHosts: ({ replicas = 1 }) => Array.from({ length: replicas }, (_, i) => `peer-${i}`),
    },
    settings: { alertmanager, slack, pagerduty, stack: 'e2e', environment: 'e2e' },
    channels: {},
  });
  return args.flatMap((arg) =>
    typeof arg === 'string' && arg.startsWith('--cluster.') ? [arg] : [],
  );
}

/** One of a pair of Prometheus servers that send their alerts to all Alertmanagers. */
export function prometheusReplica(
  single: Rendered,
  replica: number,
  alertmanagers: readonly Service[],
): Rendered {
  const path = '/etc/prometheus/prometheus.yml';
  const config = parse(single.files[path] ?? '') as {
    global: { external_labels: Record<string, string> };
    alerting: { alertmanagers: object[]; alert_relabel_configs?: object[] };
  };
  config.global.external_labels['replica'] = `prometheus-${replica}`;
  config.alerting = {
    alertmanagers: [
      { static_configs: [{ targets: alertmanagers.map(({ url }) => new URL(url).host) }] },
    ],
    // The same alert of both is one.
    alert_relabel_configs: [{ regex: 'replica', action: 'labeldrop' }],
  };
  return { ...single, files: { ...single.files, [path]: stringify(config) } };
}

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { prometheusWorkload } from '../../../components/metrics/prometheus';
import type { Workload } from '../../../components/workload';
import { durationSeconds } from '../../../components/units';
import { workloadProblems } from '../../../components/workload-validation';
import { allAlerts, defaultOptions } from '../../../rules';
import { variants } from '../../../rules/variants';
import { run } from '../../lib/mocks';
import { parse as settingsOf, type Tree } from '../../lib/pulumi-config';
import { relabelled } from '../../lib/relabel';

interface Config {
  readonly global: { readonly external_labels: Readonly<Record<string, string>> };
  readonly alerting?: { readonly alert_relabel_configs?: readonly object[] };
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  }[];
  readonly remote_write?: readonly { readonly write_relabel_configs: readonly object[] }[];
}

async function pair(tree: Tree): Promise<{ workload: Workload; config: Config }> {
  const { result } = await run(() => ({
    workload: prometheusWorkload('prometheus', {
      settings: settingsOf(tree, { secretKeys: ['grafanaCloudToken'] }),
      jobs: [],
      platform: {
        discover: ({ instances }) => ({
          by: 'addresses',
          targets: instances.map((host) => ({ address: `${host}:9090` })),
        }),
        instanceHosts: ({ name, replicas = 1 }) =>
          Array.from({ length: replicas }, (_, i) => `${name}-${i}`),
      },
    }),
  }));
  const workload = result.workload as Workload;
  const file = workload.files?.find(({ path }) => path.endsWith('prometheus.yml'));
  return { workload, config: parse(file?.content as string) as Config };
}

it('Prometheus does not let other websites in a browser read its API (CORS)', async () => {
  const { workload } = await pair({});
  const [, origin = ''] =
    /^--web\.cors\.origin=(.*)$/m.exec((workload.args as string[]).join('\n')) ?? [];
  expect(origin).not.toBe('');
  for (const other of ['https://example.com', 'http://127.0.0.1:3000', 'null', 'file://']) {
    expect(other).not.toMatch(new RegExp(`^(?:${origin})$`));
  }
});

it('after a restart, Prometheus restores alerts that page, unless their `for` is below a minute', async () => {
  const { workload } = await pair({});
  const [grace = ''] = (workload.args as string[]).flatMap(
    (arg) => /^--rules\.alert\.for-grace-period=(.*)$/.exec(arg)?.[1] ?? [],
  );
  // An alert whose `for` equals the period is restored.
  const limit = durationSeconds(grace) ?? Infinity;
  // A check every 30 s fails twice within less than a minute after the restart.
  const waits = allAlerts(variants['everything'] ?? defaultOptions)
    .filter(({ severity }) => severity === 'critical')
    .map(({ name, for: wait = 0 }) => [name, wait >= limit || name === 'UptimeCheckFailed']);
  expect(waits.filter(([, restored]) => restored === false)).toEqual([]);
});

describe('two instances of Prometheus', () => {
  it('scrape each other, keep a client on one instance, and have different labels `replica`', async () => {
    const { workload, config } = await pair({ prometheus: { replicas: 2 } });
    expect(workloadProblems(workload)).toEqual([]);
    expect(workload).toMatchObject({
      replicas: 2,
      stickyClients: true,
      env: { REPLICA: '$(INSTANCE_NAME)' },
    });
    const [own] = config.scrape_configs.filter(({ job_name: job }) => job === 'prometheus');
    expect(own?.static_configs?.flatMap(({ targets }) => targets)).toEqual([
      'prometheus-0:9090',
      'prometheus-1:9090',
    ]);
    expect(config.global.external_labels['replica']).toBe('${REPLICA}');
  });

  it('have no such label if there is a single one', async () => {
    const { workload, config } = await pair({});
    expect(workload.env).toBeUndefined();
    expect(config.global.external_labels).not.toHaveProperty('replica');
  });

  it('forward each sample once, and without the label', async () => {
    const { config } = await pair({
      prometheus: { replicas: 2 },
      forwarding: {
        grafanaCloud: {
          metrics: true,
          prometheusUrl: 'https://prom.example/api/prom/push',
          prometheusUser: '654321',
        },
      },
      grafanaCloudToken: 'glc_planted-planted-planted',
    });
    const rules = config.remote_write?.[0]?.write_relabel_configs ?? [];
    const sample = { __name__: 'up', job: 'node' };
    const written = (replica: string): object | undefined =>
      relabelled(rules.slice(0, 2), { ...sample, replica });
    expect(written('prometheus-0')).toEqual(sample);
    expect(written('prometheus-1')).toBeUndefined();
  });
});

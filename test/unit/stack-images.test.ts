import { describe, expect, test } from '@jest/globals';
import { images } from '../../components/images';
import { servers } from '../../components/metrics/settings-schema-servers';
import { withFullKeys } from '../../scripts/stack-files';
import { imagesOf } from '../../scripts/stack-images';

const of = (settings: Record<string, unknown>): string[] => imagesOf(withFullKeys(settings));
// The blackbox exporter probes the reference application.
const app = [
  ...['node', 'postgres', 'redis', 'caddy', 'postgresExporter', 'redisExporter'],
  'blackboxExporter',
];

describe('the images that a stack uses', () => {
  test('include those of all components if all are enabled', () => {
    const watched = Object.fromEntries(servers.map((name) => [name, { host: 'audifi.internal' }]));
    const everything = { ...watched, longTerm: { store: 'filesystem' } };
    const cluster = { ...everything, platform: 'kubernetes' };
    const all = new Set([...of(everything), ...of(cluster)]);
    expect([...all].sort()).toEqual(Object.keys(images).sort());
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['the reference application', { referenceApp: false, inbox: { enabled: false } }, app],
    ['the same, as the CLI writes it', { referenceApp: 'false', inbox: { enabled: 'false' } }, app],
    ['logs', { logs: { enabled: false } }, ['loki', 'promtail']],
    [
      'logs whose agent is the collector',
      { logs: { enabled: false, agent: 'otel' } },
      ['loki', 'promtail'],
    ],
    ['traces', { traces: { enabled: false } }, ['jaeger', 'otelCollector']],
    ['metrics of containers', { cadvisor: { enabled: false } }, ['cadvisor']],
    ['metrics of the machine', { nodeExporter: { enabled: false } }, ['nodeExporter']],
    ['dashboards', { grafana: { enabled: false } }, ['grafana']],
    ['external checks', { uptime: { enabled: false, port: 9115 } }, ['blackboxExporter']],
  ])('are fewer without %s', (_what, settings, without) => {
    expect(of(settings)).toEqual(of({}).filter((name) => !without.includes(name)));
  });

  test.each([
    ['postgres', 'postgresExporter'],
    ['redis', 'redisExporter'],
  ])("include the exporter of AudiFi's own %s once", (server, exporter) => {
    const own = { [server]: { host: 'db.audifi.io' } };
    const alone = { referenceApp: false, inbox: { enabled: false } };
    const without = of(alone);
    expect(of({ ...own, ...alone }).sort()).toEqual([...without, exporter].sort());
    expect(of(own)).toEqual(of({}));
  });

  test('include the collector instead of Promtail if it is the agent', () => {
    const [agent, without] = [{ logs: { agent: 'otel' } }, { traces: { enabled: false } }];
    expect(of(agent).sort()).toEqual(
      of({})
        .filter((name) => name !== 'promtail')
        .sort(),
    );
    const swapped = of(without).map((name) => (name === 'promtail' ? 'otelCollector' : name));
    expect(of({ ...agent, ...without })).toEqual(swapped);
  });

  test('are found for invalid settings too, which the program rejects', () => {
    expect(of({ logs: 'yes', cadvisor: null, uptime: [1], referenceApp: {} })).toEqual(of({}));
  });
});

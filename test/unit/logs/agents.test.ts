import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { parse } from 'yaml';
import { lokiConfig } from '../../../components/logs/loki-config';
import { otelAgentWorkload } from '../../../components/logs/otel-agent';
import { otelAgentConfig } from '../../../components/logs/otel-agent-config';
import { maxLineBytes } from '../../../components/logs/pieces-config';
import { promtailWorkload } from '../../../components/logs/promtail';
import { type AgentConfigArgs, promtailConfig } from '../../../components/logs/promtail-config';
import { redactionRules } from '../../../components/logs/redaction';
import {
  labels,
  mergedSources,
  metadataFields,
  podField,
  podLogFile,
  specSources,
} from '../../../components/logs/sources';
import { targetLabels } from '../../../telemetry';
import { parse as settingsOf } from '../../lib/pulumi-config';
import { endpoint } from '../../lib/workloads';

const args: AgentConfigArgs = {
  stack: 'dev',
  environment: 'dev',
  sources: specSources,
  projects: [],
  debug: false,
  logs: { files: '/var/lib/docker/containers/*/*-json.log', format: 'docker' },
  lokiUrl: 'http://loki:3100',
};
const agents = { promtail: promtailConfig, otel: otelAgentConfig };
const each = Object.entries(agents);

describe.each(each)('the configuration of %s', (agent, config) => {
  it('contains all redaction rules', () => {
    // One agent has the plain pattern, and the other has it as a quoted string in an expression.
    const written = allStrings(parse(config(args).replaceAll('$$', '$'))).join('\n');
    for (const { secret, replacement } of redactionRules) {
      for (const part of [secret, replacement]) {
        const inText = JSON.stringify(part).slice(1, -1);
        expect(written.includes(part) || written.includes(inText)).toBe(true);
      }
    }
  });

  it('contains all sources and metadata', () => {
    const text = config(args);
    for (const { job } of specSources) expect(text).toContain(job);
    for (const [field, name] of Object.entries(metadataFields)) {
      expect(text).toContain(field);
      expect(text).toContain(name);
    }
  });

  it('drops debug lines by default', () => {
    const drops = /level="debug"|level\\?"\] == \\?"debug/;
    expect(config(args)).toMatch(drops);
    expect(config({ ...args, debug: true })).not.toMatch(drops);
  });

  it('reads files and uses no API', () => {
    for (const format of ['docker', 'cri'] as const) {
      const text = config({ ...args, logs: { files: '/var/log/pods/*/*/*.log', format } });
      expect(text).not.toMatch(/docker\.sock|docker_sd|kubernetes_sd|k8s_observer/);
      expect(text).toContain('/var/log/pods/*/*/*.log');
    }
  });

  it('joins lines and entries before redaction and parsing', () => {
    const text = config(args);
    const order =
      agent === 'promtail'
        ? ['cri:', 'multiline:', '__line', 'is_error']
        : ['combine_field: attributes.log', 'combine_field: body', 'is_error', 'replace_pattern'];
    const places = order.map((part) => text.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('never drops a line that Loki may still accept', () => {
    expect(config(args)).toMatch(/max_retries: 0\b|max_elapsed_time: 0s/);
  });
});

describe('the configuration of the collector', () => {
  const { extensions, receivers } = parse(otelAgentConfig(args)) as {
    readonly extensions: Readonly<Record<string, object>>;
    readonly receivers: {
      readonly file_log: {
        readonly exclude: readonly string[];
        readonly operators: readonly { combine_field?: string; force_flush_period?: string }[];
      };
    };
  };

  it('does not read what kubelet compresses', () => {
    expect(receivers.file_log.exclude).toEqual([
      '/var/lib/docker/containers/*/*-json.log*.gz',
      '/var/lib/docker/containers/*/*-json.log*.tmp',
    ]);
  });

  it('does not cut a long line while Loki accepts nothing', () => {
    const pieces = receivers.file_log.operators.find((o) => o.combine_field === 'attributes.log');
    expect(pieces?.force_flush_period).toBe('10m');
  });

  it('starts again over a damaged file', () => {
    expect(extensions['file_storage']).toMatchObject({ recreate: true });
  });
});

it('the collector ends no entry early because its last part has not been seen', () => {
  const { receivers } = parse(otelAgentConfig(args)) as {
    receivers: { file_log: { operators: readonly Readonly<Record<string, unknown>>[] } };
  };
  const joining = receivers.file_log.operators.filter(({ type }) => type === 'recombine');
  expect(joining.length).toBeGreaterThan(3);
  for (const operator of joining) {
    // 0 is no limit, and the default is 100.
    expect(operator).toMatchObject({ max_unmatched_batch_size: 0 });
  }
});

it('the collector sends no request that is too large for Loki, and no line is too large for its queue', () => {
  const { exporters } = parse(otelAgentConfig(args)) as {
    exporters: Record<string, { sending_queue: { queue_size: number; batch: object } }>;
  };
  const queue = exporters['otlp_http/loki']?.sending_queue;
  expect(queue).toMatchObject({ sizer: 'bytes', batch: { sizer: 'bytes', max_size: 4_000_000 } });
  const { loki, logs } = settingsOf({});
  const { server } = parse(
    lokiConfig({ loki, retention: logs.retention, externalLabels: {}, grafanaUrl: '' }),
  ) as { server: { grpc_server_max_recv_msg_size: number } };
  expect(server.grpc_server_max_recv_msg_size).toBeGreaterThan(2 * 4_000_000);
  // The file reader passes on 100 lines at a time.
  expect(queue?.queue_size).toBeGreaterThan(2 * 100 * maxLineBytes);
});

describe('Promtail', () => {
  it('compares strings with the line, without converting them to a pattern', () => {
    const selectors = allStrings(parse(promtailConfig(args))).filter((text) =>
      text.startsWith('{__line=~'),
    );
    expect(selectors.length).toBeGreaterThan(30);
    for (const selector of selectors) {
      const pattern = JSON.parse(selector.slice('{__line=~'.length, -1)) as string;
      const texts = pattern.slice('.*(?:'.length, -').*'.length).split('|');
      // https://github.com/prometheus/prometheus/blob/main/model/labels/regexp.go
      expect(texts.length).toBeLessThanOrEqual(256);
      const begun = texts.filter((text) =>
        texts.some((other) => other !== text && text.startsWith(other)),
      );
      expect(begun).toEqual([]);
    }
  });
});

describe('the collector', () => {
  it('doubles each dollar, because a single one would be a variable', () => {
    const text = otelAgentConfig(args);
    expect(text.replaceAll('$$', '').replace('${env:AUDIFI_NODE}', '')).not.toContain('$');
  });
});

describe('labels', () => {
  it('are exactly the documented ones', () => {
    expect([...labels]).toEqual(['job', 'container', 'level', 'env', 'node', 'namespace']);
  });

  it('have the same names as in metrics', () => {
    expect(targetLabels).toEqual(expect.arrayContaining(['container', 'node', 'namespace']));
    expect(targetLabels).toContain(podField);
    expect([...labels]).not.toContain(podField);
  });

  it.each<[string, (string | null)[]]>([
    [
      '/var/log/pods/audifi_api-server-0_1c5f1c1e-0f0a-4a9b-9d38-0d6a6c1c8b11/api-server/0.log',
      ['audifi', 'api-server-0', 'api-server'],
    ],
    [
      '/var/log/pods/kube-system_etcd-node-a_54a38ad33ad3cfba2ba3a7e0b8a5e2ab/etcd/12.log',
      ['kube-system', 'etcd-node-a', 'etcd'],
    ],
  ])('of a pod come from the path of its file: %s', (path, expected) => {
    const matcher = RE2JS.compile(podLogFile).matcher(path);
    expect(matcher.find()).toBe(true);
    expect(['namespace', 'pod', 'container'].map((name) => matcher.group(name))).toEqual(expected);
  });

  it.each(each)('of a pod are set by %s, and not on Docker', (_, config) => {
    const pods = config({ ...args, logs: { files: '/var/log/pods/*/*/*.log', format: 'cri' } });
    expect(pods).toContain('(?P<namespace>[^/_]+)_(?P<pod>[^/_]+)_');
    expect(pods).toMatch(/namespace: ""|resource\["namespace"\]/);
    expect(pods).toMatch(/pod: ""|attributes\.pod/);
    expect(config(args)).not.toContain('(?P<namespace>');
  });

  it('include the node name from the platform', () => {
    const platform = { containerLogs: args.logs, nodeName: '$(NODE_NAME)' };
    const made = { platform, settings: settingsOf({}), loki: endpoint('loki') };
    expect(promtailWorkload('promtail', made).args).toContain(
      '-client.external-labels=node=$(NODE_NAME)',
    );
    expect(otelAgentWorkload('otel-agent', made).env).toMatchObject({
      AUDIFI_NODE: '$(NODE_NAME)',
    });
  });
});

describe('sources', () => {
  it('can be changed and added by the settings', () => {
    const merged = mergedSources({
      postgres: { containers: ['db'] },
      billing: { format: 'text' },
    });
    expect(merged).toHaveLength(specSources.length + 1);
    expect(merged).toContainEqual({ job: 'postgres', containers: ['db'], format: 'postgres' });
    expect(merged).toContainEqual({ job: 'billing', containers: ['billing'], format: 'text' });
    expect(mergedSources({ ledger: { prefix: '%m ' } })).toContainEqual({
      ...{ job: 'ledger', containers: ['ledger'], format: 'postgres', prefix: '%m ' },
    });
  });
});

function allStrings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(allStrings);
}

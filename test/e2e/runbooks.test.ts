import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blocksOf, inlineCommands, readRunbook, runbookPages } from '../lib/runbook-parts';
import { eventually, logsOf } from './lib/engine';
import { LokiApi } from './lib/logs';
import { AppStack, specJobs } from './lib/reference-app';

/**
 * Runs the runbooks as an on-call engineer does: sends all queries to Prometheus and Loki, and
 * executes all commands, on a development stack with the reference application. During the incident
 * of a runbook, its queries must show it. Windows are twenty times shorter (`alerts.speedUp`), so
 * that recorded series follow at once.
 */
const stack = 'e2e-runbooks';
const probes = 19_246;
const app = new AppStack(stack, 19_240, (ports) => ({
  prometheus: { port: ports.prometheus, scrapeInterval: '1s', evaluationInterval: '1s' },
  alertmanager: { port: ports.alertmanager },
  alerts: { speedUp: 20 },
  referenceApp: true,
  referenceAppPorts: { web: ports.web, control: ports.control },
  inbox: { port: ports.inbox },
  logs: { enabled: true },
  loki: { port: ports.loki },
  traces: { enabled: true },
  jaeger: { port: 19_247 },
  longTerm: { store: 'filesystem' },
  uptime: {
    port: probes,
    checks: [{ name: 'api-health', url: 'http://caddy:2019/metrics', interval: '5s' }],
  },
}));
const loki = new LokiApi(`http://127.0.0.1:${app.ports.loki}`);
const pages = runbookPages();

/** Adapts commands for a stack `dev` with its default ports to this stack. */
const here = (command: string): string =>
  command
    .replaceAll('audifi-dev-', `audifi-${stack}-`)
    .replaceAll('STACK=dev', `STACK=${stack}`)
    .replaceAll('127.0.0.1:9090/', `127.0.0.1:${app.ports.prometheus}/`)
    .replaceAll('127.0.0.1:9093/', `127.0.0.1:${app.ports.alertmanager}/`)
    .replaceAll('127.0.0.1:9115/', `127.0.0.1:${probes}/`)
    // Grafana's variables, and placeholders for the reader.
    .replaceAll('<job>', 'worker')
    .replaceAll('<node>', 'none');

beforeAll(async () => {
  await app.make('up');
  await app.settled(specJobs);
  await eventually('lines of the proxy in Loki', 90, async () =>
    (await loki.lines('{job="caddy"}', 0.2)).length > 0 ? true : undefined,
  );
});

afterAll(() => app.remove());

const explained =
  (test: () => Promise<void>): (() => Promise<void>) =>
  () =>
    test().catch((error: unknown) => {
      throw new Error(`${String(error)}\n${logsOf(stack)}`, { cause: error });
    });

interface Found {
  readonly query: string;
  readonly count: number;
  readonly error?: string;
}

/** Number of series or lines that a query returns now. */
async function ask(query: string, language: 'promql' | 'logql'): Promise<Found> {
  try {
    const text = here(query);
    const numbers = language === 'promql' || /^(sum|topk|count|max|min) ?[(b]/.test(text);
    const found =
      language === 'promql'
        ? (await app.prometheus.query(text)).length
        : numbers
          ? Object.keys(await loki.values(text, 'job')).length
          : (await loki.lines(text, 0.2)).length;
    return { query, count: found };
  } catch (error) {
    return { query, count: 0, error: String(error) };
  }
}

const queriesOf = (page: string) =>
  (['promql', 'logql'] as const).flatMap((language) =>
    blocksOf(readRunbook(page), language).map((query) => ({ query, language })),
  );

describe('queries', () => {
  it.each(pages)(
    'of %s run',
    async (page) => {
      const found: Found[] = [];
      for (const { query, language } of queriesOf(page)) found.push(await ask(query, language));
      expect(found.filter(({ error }) => error !== undefined)).toEqual([]);
    },
    60_000,
  );

  it('about the current state return results without a problem', async () => {
    // Comparisons, and most log queries, only return results during a problem.
    const states = pages
      .flatMap((page) => queriesOf(page))
      .filter(({ query, language }) => language === 'promql' && !/[<>]|== \d|!=|unless/.test(query))
      .map(({ query }) => query)
      .filter((query) => !elsewhere.test(query));
    expect(states.length).toBeGreaterThan(60);
    await eventually('an answer to each', 120, async () => {
      const all: Found[] = [];
      for (const query of new Set(states)) all.push(await ask(query, 'promql'));
      const none = all.filter(({ count }) => count === 0).map(({ query }) => query);
      if (none.length > 0) throw new Error(`nothing for:\n${none.join('\n')}`);
      return true;
    });
  });
});

/**
 * Not in this stack: other agents, clusters, replicas, a certificate, files that cannot be read,
 * and remote_write; few WebSocket connections end in so short a time. CPU rates are missing,
 * because cAdvisor measures every 10 s and the windows are 15 s here.
 */
const elsewhere =
  /slo="websocket-delivery"|thanos_|pgbouncer|forward|container:container_cpu|prometheus_remote_storage|loki_discarded_samples|loki_ingester_wal_corruptions|job="grafana"|otelcol_exporter_send_failed_log|otel-agent|alertmanager_cluster|alertmanager_config_hash|pg_stat_replication|pg_replication_slots|redis_connected_slave|probe_ssl|grafana_|otelcol_|jaeger_|traces_|loki_compactor|offset|redis_slave|parse_errors|prometheus_tsdb_retention_limit|kubelet_|kube_|kube-state-metrics/;

const bash = promisify(execFile);

/** Runs a block line by line, as if pasted. A `grep` without a match is valid. */
async function execute(block: string): Promise<string> {
  // A bash that takes its input for a network connection would read the startup files of the user.
  const run = bash('bash', ['--norc', '-uc', here(block)], {
    timeout: 120_000,
    maxBuffer: 1 << 26,
  });
  const { stdout, stderr } = await run.catch((error: unknown) => {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    if (failed.code === 1 && failed.stderr === '' && block.includes('grep')) {
      return { stdout: failed.stdout ?? '', stderr: '' };
    }
    throw new Error(`${block}\n${String(error)}\n${failed.stderr ?? ''}`);
  });
  const said = `${stdout}${stderr}`;
  const refused =
    /no such container|NOAUTH|NOPERM|WRONGPASS|command not found|executable file not found|password authentication failed|role ".*" does not exist/i;
  if (refused.test(stderr) || /^\((error|NO)|NOPERM|NOAUTH/m.test(stdout)) {
    throw new Error(`${block}\n${said.slice(-2_000)}`);
  }
  return stdout;
}

describe('commands', () => {
  // Grafana is not available on every machine. The stack then runs without it.
  const blocks = pages
    .filter((page) => page !== 'GrafanaDown')
    .flatMap((page) =>
      blocksOf(readRunbook(page), 'sh').map((block, i) => ({ page, place: i + 1, block })),
    );

  it.each(blocks)(
    'of $page, block $place, run',
    async ({ block }) => {
      await execute(block);
    },
    180_000,
  );

  it('of Redis return what they should', async () => {
    const found = blocks.filter(({ block }) => block.includes('redis-cli'));
    expect(found.length).toBeGreaterThan(3);
    for (const { block } of found) expect(await execute(block)).toMatch(/^(PONG|[a-z_]+:\S)/m);
  });

  it(
    'that stop, start and restart services run, and everything is up again',
    explained(async () => {
      const all = pages
        .flatMap((page) => inlineCommands(readRunbook(page)))
        .filter((command) => !command.includes('grafana'));
      const verbs = /^docker (start|stop|restart|pause|unpause) audifi-dev-[a-z-]+$/;
      const commands = [...new Set(all.filter((command) => verbs.test(command)))].sort();
      expect(commands.length).toBeGreaterThan(10);
      for (const command of commands) {
        const [, , name = ''] = command.split(' ');
        if (command.startsWith('docker unpause')) await execute(`docker pause ${name}`);
        await execute(command);
        if (command.startsWith('docker stop')) await execute(`docker start ${name}`);
        if (command.startsWith('docker pause')) await execute(`docker unpause ${name}`);
      }
      await app.settled(specJobs);
    }),
    600_000,
  );
});

/**
 * Queries of an incident's runbook that may return nothing during the incident, with the reason.
 */
const quiet: Readonly<Record<string, readonly RegExp[]>> = {
  // There was no deployment.
  errors: [/process_start_time_seconds/],
  latency: [/db_connections_waiting/, /duration: /],
  'ws-spike': [],
  // The database is down.
  'db-down': [/db_query_duration/, /FATAL/],
  stripe: [],
};

describe('during its incident', () => {
  it.each([
    ['errors', 'HighErrorRate'],
    ['stripe', 'StripeWebhookFailures'],
    ['latency', 'HighLatency'],
    ['ws-spike', 'WebSocketConnectionSpike'],
    ['db-down', 'DatabaseDown'],
  ])(
    '%s: the queries of %s show it',
    async (kind, page) => {
      const missing = async (): Promise<Found[]> => {
        const found: Found[] = [];
        for (const { query, language } of queriesOf(page)) {
          if (!quiet[kind]?.some((pattern) => pattern.test(query))) {
            found.push(await ask(query, language));
          }
        }
        return found.filter(({ count }) => count === 0);
      };
      await app.make('incident', { KIND: kind });
      try {
        await eventually(`every query of ${page} to find something`, 150, async () => {
          const nothing = await missing();
          if (nothing.length > 0) throw new Error(JSON.stringify(nothing, null, 1));
          return true;
        });
      } finally {
        await app.make('incident', { KIND: 'none' });
        await app.settled(specJobs);
      }
    },
    600_000,
  );
});

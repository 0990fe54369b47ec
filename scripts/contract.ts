import { services } from '../components/services';
import { appServices } from '../telemetry';
import { asText, type ContractReport, type Difference } from './contract/difference';
import { logDifferences } from './contract/logs';
import { metricDifferences, selectorOf } from './contract/metrics';
import { spanDifferences } from './contract/spans';
import { OperatorError, runMain } from './operator-error';
import { JaegerClient } from './running/jaeger';
import { LokiClient } from './running/loki';
import { PrometheusClient } from './running/prometheus';
import { type ReachableService, reach, type Stack } from './running/reach';
import { sinceOf, stackOf } from './running/stack';
import type { Server } from './running/answer';

/** The newest lines and traces of each service that are compared. */
const most = { lines: 2_000, traces: 200 } as const;

/**
 * `make contract STACK=dev SINCE=1h`: checks the metrics, logs and spans that a running stack
 * receives against telemetry/. Changes nothing.
 *
 * @returns exit code; 1 if there is a difference
 */
async function main(): Promise<number> {
  const [stack = 'dev'] = process.argv.slice(2);
  const seconds = sinceOf(process.env, '1h', `contract STACK=${stack}`);
  const report = await contractOf(stackOf(stack), seconds);
  process.stdout.write(asText(stack, report));
  return report.differences.some(({ kind }) => kind === 'broken') ? 1 : 0;
}

/** @param seconds to look back for logs and spans; metrics are the current ones */
export async function contractOf(running: Stack, seconds: number): Promise<ContractReport> {
  const differences: Difference[] = [];
  const compared: string[] = [];
  const skipped: ContractReport['skipped'][number][] = [];
  const compare = async (
    signal: Difference['signal'],
    service: ReachableService,
    work: (server: Server) => Promise<{ differences: readonly Difference[]; text: string }>,
  ): Promise<void> => {
    if (!services[service].runs(running.settings)) {
      skipped.push({ signal, why: `the stack does not run ${service}` });
      return;
    }
    const server = await reach(running, service);
    try {
      const result = await work(server);
      differences.push(...result.differences);
      compared.push(`${signal}: ${result.text}`);
    } finally {
      server.close();
    }
  };
  await compare('metrics', 'prometheus', metrics);
  await compare('logs', 'loki', (server) => logs(server, seconds));
  await compare('spans', 'jaeger', (server) => spans(server, seconds));
  return { differences, skipped, compared };
}

async function metrics(server: Server) {
  const prometheus = new PrometheusClient(server);
  const types = await prometheus.types();
  // One time for all queries: a target may fail its next scrape.
  const time = Date.now() / 1000;
  const up = await prometheus.query('count by (job) (up == 1)', time);
  const jobs = up.map(({ metric }) => metric['job'] ?? '').sort();
  const differences: Difference[] = [];
  const found: string[] = [];
  let count = 0;
  for (const job of jobs) {
    const selector = selectorOf(job);
    if (selector === undefined) continue;
    const series = (await prometheus.query(selector, time)).map(({ metric }) => metric);
    count += series.length;
    found.push(job);
    differences.push(...metricDifferences({ job, series }, types));
  }
  if (found.length === 0) {
    throw new OperatorError(
      `${server.title} has no target that is up.\nExample: ${server.example}`,
    );
  }
  return { differences, text: `${count} series of ${found.length} jobs (${found.join(', ')})` };
}

async function logs(server: Server, seconds: number) {
  const loki = new LokiClient(server);
  const end = Date.now() / 1000;
  const differences: Difference[] = [];
  let count = 0;
  for (const job of appServices) {
    const lines = await loki.newest(`{job="${job}"}`, end - seconds, end, most.lines);
    count += lines.length;
    differences.push(...logDifferences(job, lines));
  }
  return { differences, text: `the newest ${count} lines of ${appServices.join(', ')}` };
}

async function spans(server: Server, seconds: number) {
  const jaeger = new JaegerClient(server);
  const emitting = (await jaeger.services()).filter((service) =>
    (appServices as readonly string[]).includes(service),
  );
  const found = await Promise.all(
    emitting.map((service) => jaeger.spans(service, seconds, most.traces)),
  );
  const all = found.flat();
  return {
    differences: spanDifferences(all),
    text: `${all.length} spans of the newest traces of ${emitting.join(', ') || 'no service'}`,
  };
}

if (require.main === module) runMain(main);

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lokiConfig } from '../../components/logs/loki-config';
import { logsSchema } from '../../components/logs/settings-schema';
import { apiServer } from './log-lines';
import { end, start, until } from './log-processes';
import { median } from './statistics';

const rounds = 3;
const [lokiPort, grpcPort] = [19_282, 19_283];

/** Seconds that Loki needs to count and to search a million lines on disk. */
export async function lokiQueries(command: string, folder: string): Promise<string[]> {
  const { loki, logs } = logsSchema.parse({});
  const data = mkdtempSync(join(folder, 'loki-'));
  const file = join(data, 'loki.yml');
  writeFileSync(
    file,
    lokiConfig({
      loki,
      retention: logs.retention,
      externalLabels: {},
      grafanaUrl: 'http://127.0.0.1:3000',
    })
      .replaceAll(': /loki', `: ${data}`)
      .replaceAll('/etc/loki', data)
      .replaceAll('9095', String(grpcPort))
      .replace('listen_port: 3100', `listen_address: 127.0.0.1\n  http_listen_port: ${lokiPort}`)
      .replace('ingestion_rate_mb: 16', 'ingestion_rate_mb: 500')
      .replace('ingestion_burst_size_mb: 32', 'ingestion_burst_size_mb: 1000')
      .replace('per_stream_rate_limit: 16MB', 'per_stream_rate_limit: 500MB')
      .replace('per_stream_rate_limit_burst: 32MB', 'per_stream_rate_limit_burst: 1GB'),
  );
  const url = `http://127.0.0.1:${lokiPort}`;
  const child = start(command, [`-config.file=${file}`], {});
  try {
    await until(async () => (await fetch(`${url}/ready`)).ok);
    const million = 1_000_000;
    const step = 10_000;
    const first = Date.now() - 3_000_000;
    for (let i = 0; i < million; i += step) {
      const values = Array.from({ length: step }, (_, k) => {
        const time = first + (i + k) * 3;
        return [`${time}000000`, apiServer(new Date(time), i + k)];
      });
      const stream = { job: 'api-server', level: 'info', env: 'bench', container: 'api-server' };
      const response = await fetch(`${url}/loki/api/v1/push`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ streams: [{ stream, values }] }),
      });
      if (!response.ok) throw new Error(await response.text());
    }
    await fetch(`${url}/flush`, { method: 'POST' });
    const asked = {
      'count by level': 'sum by (level) (count_over_time({job="api-server"}[1h]))',
      'search a text': 'sum(count_over_time({job="api-server"} |= "user_42\\"" [1h]))',
      'parse and compare':
        'sum(count_over_time({job="api-server"} | json | duration_ms > 770 [1h]))',
    };
    const answers: string[] = [];
    for (const [what, query] of Object.entries(asked)) {
      const seconds: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const before = performance.now();
        const parameters = new URLSearchParams({ query });
        const response = await fetch(`${url}/loki/api/v1/query?${parameters}`);
        if (!response.ok) throw new Error(await response.text());
        await response.text();
        seconds.push((performance.now() - before) / 1000);
      }
      answers.push(`${what}: ${median(seconds).toFixed(2)} s`);
    }
    return [`Loki over a million lines: ${answers.join(', ')}.`];
  } finally {
    await end(child);
  }
}

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { freePort } from '../../../scripts/free-port';
import { type Rendered, type Replacements, Service } from './processes';

/**
 * Loki as the program runs it, on local ports. Its chunks are not compressed, so that tests can
 * search them.
 */
export async function lokiProcess(
  command: string,
  rendered: Rendered,
  more: Replacements = [],
): Promise<Service> {
  const [port, grpc] = [await freePort(), await freePort()];
  const move: Replacements = [
    ['/etc/loki', '{dir}/etc/loki'],
    [': /loki', ': {dir}/data'],
    ['http_listen_port: 3100', `http_listen_address: 127.0.0.1\n  http_listen_port: ${port}`],
    ['9095', String(grpc)],
    ['chunk_encoding: snappy', 'chunk_encoding: none'],
    ...more,
  ];
  return new Service(command, rendered, move, `http://127.0.0.1:${port}`, '/ready');
}

/** Promtail as the program runs it, on the files below `logs`. */
async function promtailProcess(
  command: string,
  rendered: Rendered,
  { loki, logs }: { readonly loki: string; readonly logs: string },
): Promise<Service> {
  const port = await freePort();
  const move: Replacements = [
    ['/etc/promtail', '{dir}/etc/promtail'],
    [': /promtail', ': {dir}/data'],
    ['/var/lib/docker/containers', logs],
    ['/var/log/pods', logs],
    ['http://loki:3100', loki],
    ['http_listen_port: 9080', `http_listen_address: 127.0.0.1\n  http_listen_port: ${port}`],
  ];
  return new Service(command, rendered, move, `http://127.0.0.1:${port}`, '/metrics');
}

/** The collector as the program runs it, on the files below `logs`. */
export async function otelProcess(
  command: string,
  rendered: Rendered,
  { loki, logs }: { readonly loki: string; readonly logs: string },
): Promise<Service> {
  const [port, health] = [await freePort(), await freePort()];
  const move: Replacements = [
    ['/etc/otelcol', '{dir}/etc/otelcol'],
    ['directory: /otelcol', 'directory: {dir}/data'],
    ['/var/lib/docker/containers', logs],
    ['/var/log/pods', logs],
    ['http://loki:3100', loki],
    ['endpoint: :13133', `endpoint: 127.0.0.1:${health}`],
    ['host: ""', 'host: 127.0.0.1'],
    ['8888', String(port)],
  ];
  return new Service(command, rendered, move, `http://127.0.0.1:${port}`, '/metrics');
}

/**
 * The log agent of the setting `logs.agent`. The service of the collector is called `otel-agent`.
 */
export function agentProcess(
  name: 'promtail' | 'otel',
  commands: Readonly<Record<string, string>>,
  rendered: (service: string) => Rendered,
  places: { readonly loki: string; readonly logs: string },
): Promise<Service> {
  return name === 'promtail'
    ? promtailProcess(commands['promtail'] ?? name, rendered('promtail'), places)
    : otelProcess(commands['otelcol'] ?? name, rendered('otel-agent'), places);
}

/** Log files of containers, as Docker writes them. */
export class LogFiles {
  private clock = BigInt(Date.now()) * 1_000_000n;

  constructor(readonly folder: string) {}

  path(container: string): string {
    const id = createHash('sha256').update(container).digest('hex');
    mkdirSync(join(this.folder, id), { recursive: true });
    return join(this.folder, id, `${id}-json.log`);
  }

  /** Each line has a later timestamp of the engine, with nanoseconds. */
  write(container: string, lines: readonly string[]): void {
    const text = lines.flatMap((line) => {
      this.clock += 1_000n;
      const entry = { stream: 'stdout', attrs: { tag: container }, time: rfc3339(this.clock) };
      return pieces(`${line}\n`).map((log) => `${JSON.stringify({ log, ...entry })}\n`);
    });
    appendFileSync(this.path(container), text.join(''));
  }

  raw(container: string, bytes: Buffer): void {
    appendFileSync(this.path(container), bytes);
  }

  /** As the engine does: renames the file, and the next line starts a new one. */
  rotate(container: string): void {
    renameSync(this.path(container), `${this.path(container)}.1`);
    appendFileSync(this.path(container), '');
  }

  truncate(container: string): void {
    truncateSync(this.path(container));
  }
}

/**
 * The engine splits lines after 16 KiB, even inside a multi-byte character, which is then invalid.
 */
function pieces(line: string): string[] {
  const bytes = Buffer.from(line);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 16_384) parts.push(bytes.toString('utf8', i, i + 16_384));
  return parts;
}

function rfc3339(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}

export interface Line {
  /** Labels and structured metadata. */
  readonly stream: Readonly<Record<string, string>>;
  readonly nanoseconds: bigint;
  readonly text: string;
}

/** The HTTP API of a running Loki. https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
export class LokiApi {
  constructor(private readonly url: string) {}

  /** All lines of the last hours, page by page. */
  async lines(query: string, hours = 2): Promise<Line[]> {
    const all: Line[] = [];
    const now = Date.now() + 3_600_000;
    let start = BigInt(now - (hours + 1) * 3_600_000) * 1_000_000n;
    for (;;) {
      const page = await this.page(query, start, BigInt(now) * 1_000_000n);
      const seen = new Set(all.map(identity));
      const fresh = page.filter((line) => !seen.has(identity(line)));
      all.push(...(all.length === 0 ? page : fresh));
      if (page.length < 5_000) return all;
      if (fresh.length === 0) throw new Error(`${query}: more than 5,000 lines of one time`);
      start = page.reduce((last, { nanoseconds: n }) => (n > last ? n : last), start);
    }
  }

  private async page(query: string, start: bigint, end: bigint): Promise<Line[]> {
    const { result } = await this.get<{
      result: { stream: Record<string, string>; values: [string, string][] }[];
    }>('query_range', {
      query,
      start: String(start),
      end: String(end),
      limit: '5000',
      direction: 'forward',
    });
    return result.flatMap(({ stream, values }) =>
      values.map(([time, text]) => ({ stream, nanoseconds: BigInt(time), text })),
    );
  }

  /** Result of a metric query by the value of one label. */
  async values(query: string, label: string): Promise<Record<string, number>> {
    const { result } = await this.get<{
      result: { metric: Record<string, string>; value: [number, string] }[];
    }>('query', { query });
    return Object.fromEntries(
      result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]),
    );
  }

  async push(streams: readonly object[]): Promise<number> {
    const response = await fetch(`${this.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams }),
    });
    await response.text();
    return response.status;
  }

  /** Flushes everything in memory to chunks. */
  async flush(): Promise<void> {
    await fetch(`${this.url}/flush`, { method: 'POST' });
  }

  /** Names of all labels, without structured metadata. */
  async labels(): Promise<string[]> {
    return (await this.get<string[]>('labels', {})).sort();
  }

  private async get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const query = new URLSearchParams(parameters);
    const response = await fetch(`${this.url}/loki/api/v1/${path}?${query}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text.slice(0, 300)}`);
    return (JSON.parse(text) as { data: T }).data;
  }
}

const identity = ({ stream, nanoseconds, text }: Line): string =>
  `${nanoseconds} ${stream['container'] ?? ''} ${text}`;

/** Sum of a process metric by name and labels; 0 if it does not exist. */
export async function metric(url: string, pattern: RegExp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Content of all files below a folder. Compressed files are included decompressed as well. */
export function contents(folder: string): Buffer[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return entry.name.endsWith('.gz') ? [bytes, gunzipSync(bytes)] : [bytes];
    });
}

/** Memory of a process in MiB. */
export const residentMiB = async (url: string): Promise<number> =>
  (await metric(url, /^process_resident_memory_bytes /)) / 2 ** 20;

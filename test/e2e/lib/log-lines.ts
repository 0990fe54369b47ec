import { spawnSync } from 'node:child_process';

/** Lines of the spec's six kinds of sources, with the expected entry. */
export interface Expected {
  readonly container: string;
  readonly job: string;
  readonly level: string;
  /** Occurs in the stored line only. */
  readonly mark: string;
  /** Milliseconds. */
  readonly time: number;
}

export interface Made {
  readonly lines: Readonly<Record<string, readonly string[]>>;
  readonly expected: readonly Expected[];
}

const containers = {
  'api-server': 'audifi-e2e-api-server',
  'ws-server': 'audifi-e2e-ws-server',
  worker: 'shop-worker-1',
  caddy: 'audifi_caddy_1',
  postgres: 'audifi-e2e-postgres',
  redis: 'audifi-e2e-redis',
} as const;
type Job = keyof typeof containers;

/** Personal data and secrets, with the part that must not be stored. */
export function planted(count: number): { readonly text: string; readonly hidden: string }[] {
  const kinds: readonly ((n: string) => { text: string; hidden: string })[] = [
    (n) => ({ text: `mail to planted${n}@example.com`, hidden: `planted${n}@` }),
    (n) => ({ text: `wallet 0x52908400098527886E0F70300698${n}D29EE7`, hidden: `0698${n}` }),
    (n) => ({ text: `phone +4917${n}12345`, hidden: `4917${n}1` }),
    (n) => ({ text: `card 4242 4242 ${n.slice(0, 4)} 4242`, hidden: `4242 ${n.slice(0, 4)}` }),
    (n) => ({ text: `password=Planted-${n}`, hidden: `Planted-${n}` }),
    (n) => ({ text: `GET /x?access_token=planted${n}x&y=1`, hidden: `planted${n}x` }),
    (n) => ({ text: `Authorization: Bearer planted.${n}`, hidden: `planted.${n}` }),
    (n) => ({ text: `key sk_live_planted${n}`, hidden: `sk_live_planted${n}` }),
    (n) => ({ text: `eyJhbGciOiJI.eyJzdWIiO${n}.c2ln${n}`, hidden: `eyJzdWIiO${n}` }),
    (n) => ({ text: `hook https://hooks.slack.com/services/T0/B0/p${n}`, hidden: `/B0/p${n}` }),
  ];
  return Array.from({ length: count }, (_, i) => {
    const kind = kinds[i % kinds.length] ?? kinds[0];
    const number = String(100_000 + i);
    return kind?.(number) ?? { text: '', hidden: number };
  });
}

/** Whether a file in the folder contains one of the texts. */
export const onDisk = (folder: string, texts: readonly string[]): boolean =>
  spawnSync('grep', ['-raqF', ...texts.flatMap((text) => ['-e', text]), folder]).status === 0;

const levels = ['info', 'info', 'info', 'warn', 'error'] as const;

/** @param seconds how long ago the first line was written */
export function makeLines(count: number, texts: readonly string[], seconds = 60): Made {
  const lines: Record<string, string[]> = {};
  const expected: Expected[] = [];
  const jobs = Object.keys(containers) as Job[];
  const start = Date.now() - seconds * 1000;
  for (let i = 0; i < count; i += 1) {
    const job = jobs[i % jobs.length] ?? 'worker';
    const time = start + Math.floor((i * seconds * 900) / count);
    const level = levels[(i * 7) % levels.length] ?? 'info';
    const mark = `mark-${String(i).padStart(6, '0')}-`;
    const text = `${mark} ${texts[i] ?? 'nothing to see'}`;
    const container = containers[job];
    (lines[container] ??= []).push(...line[job](new Date(time), level, text));
    expected.push({ container, job, level, mark, time });
  }
  return { lines, expected };
}

type Write = (time: Date, level: (typeof levels)[number], text: string) => readonly string[];

const pino: Write = (time, level, message) => [
  JSON.stringify({
    timestamp: time.toISOString(),
    level,
    service: 'api-server',
    requestId: `req_${message.slice(5, 11)}`,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    message,
  }),
];

const line: Readonly<Record<Job, Write>> = {
  'api-server': pino,
  'ws-server': pino,
  worker: pino,
  caddy: (time, level, text) => [
    JSON.stringify({
      level: 'info',
      ts: time.getTime() / 1000,
      logger: 'http.log.access',
      msg: 'handled request',
      request: { method: 'GET', uri: `/${text}`, headers: { Cookie: ['sid=1'] } },
      status: { info: 200, warn: 404, error: 502 }[level],
    }),
  ],
  postgres: (time, level, text) => {
    const stamp = time.toISOString().replace('T', ' ').replace('Z', ' UTC');
    const severity = { info: 'LOG', warn: 'WARNING', error: 'ERROR' }[level];
    return [`${stamp} [77] ${severity}:  ${text}`, '\tselect * from tracks', '\twhere id = 1'];
  },
  redis: (time, level, text) => {
    const [day = '', month = ''] = time.toUTCString().slice(5).split(' ');
    const stamp = `${day} ${month} ${time.getUTCFullYear()} ${time.toISOString().slice(11, 23)}`;
    // Redis has no mark for errors.
    return [`1:M ${stamp} ${level === 'info' ? '*' : '#'} ${text}`];
  },
};

/**
 * Redis has no level above warning. A request that the client caused to fail is `info` in Caddy.
 */
export function levelOf({ job, level }: Expected): string {
  if (job === 'redis' && level === 'error') return 'warn';
  return job === 'caddy' && level === 'warn' ? 'info' : level;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Planted, values } from './planted-values';

/** Lines as programs write them, in text files: one case per line, without TypeScript escapes. */

const at = '2026-11-26T03:00:00.000Z';
const pgTime = '2026-11-26 03:00:00.000 UTC';
const common: Readonly<Record<string, string>> = {
  '{at}': at,
  '{pgtime}': pgTime,
  '{pgt}': `${pgTime} [4711] app@audifi`,
  '{mon}': '1795662000.123456 [0 10.0.0.5:53412]',
  '␛': '\u001b',
};

function linesOf(...files: readonly string[]): readonly string[] {
  const text = files.map((file) => readFileSync(join(__dirname, file), 'utf8')).join('\n');
  const filled = Object.entries(common).reduce(
    (result, [name, value]) => result.replaceAll(name, value),
    text,
  );
  return filled.split('\n').filter((line) => line !== '');
}

/** Ways in which a logger writes a text. */
const loggers: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify({ level: 50, time: at, pid: 1, msg: text }),
  (text) =>
    JSON.stringify({
      ...{ level: 'error', message: 'Unhandled', timestamp: at },
      error: { name: 'Error', stack: `${text}\n    at main (/app/index.js:1:1)` },
    }),
  (text) => JSON.stringify({ level: 'error', timestamp: at, raw: JSON.stringify({ note: text }) }),
];

/** As text in one line, and by a logger in the next. JSON stays as it is. */
function written(line: string, i: number): { readonly json: boolean; readonly text: string } {
  const logger = loggers[((i - 1) / 2) % loggers.length];
  return line.startsWith('{"') || logger === undefined
    ? { json: false, text: line }
    : { json: true, text: logger(line) };
}

const plantedFiles = [
  ...['written-planted.txt', 'service-planted.txt'],
  ...['unseen-applications.txt', 'unseen-servers.txt'],
];

function planted(): readonly Planted[] {
  let [source, program] = ['', ''];
  return linesOf(...plantedFiles).flatMap((line, i) => {
    const group = /^# (\S+): (.+)$/.exec(line);
    if (group !== null) [, source = '', program = ''] = group;
    if (line.startsWith('# ')) return [];
    const { filled, hidden } = values(line);
    const marked = [...filled.matchAll(/«([^»]*)»/g)].map(([, text = '']) => text);
    const kept = [...filled.matchAll(/‹([^›]*)›/g)].map(([, text = '']) => text);
    const { json, text } = written(filled.replace(/[«»‹›]/g, ''), i);
    return [
      {
        ...{ kind: `written ${program}`, hard: false, source: json ? 'api-server' : source },
        ...{ line: text, hidden: [...hidden, ...marked], kept },
      },
    ];
  });
}

export const writtenLines: readonly Planted[] = planted();

export const writtenInnocent: readonly string[] = linesOf(
  'written-innocent.txt',
  'service-innocent.txt',
  'unseen-innocent.txt',
)
  .filter((line) => !line.startsWith('# '))
  .map((line, i) => written(line, i).text);

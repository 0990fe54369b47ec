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

/** A way in which a logger writes a text. */
export interface Form {
  readonly name: string;
  readonly line: (text: string) => string;
  /** A part of the text as it stands in the line. */
  readonly part: (text: string) => string;
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const loggers: readonly Form[] = [
  {
    name: 'message',
    line: (text) => JSON.stringify({ level: 50, time: at, pid: 1, msg: text }),
    part: inJson,
  },
  {
    name: 'stack',
    line: (text) =>
      JSON.stringify({
        ...{ level: 'error', message: 'Unhandled', timestamp: at },
        error: { name: 'Error', stack: `${text}\n    at main (/app/index.js:1:1)` },
      }),
    part: inJson,
  },
  {
    name: 'JSON in JSON',
    line: (text) =>
      JSON.stringify({ level: 'error', timestamp: at, raw: JSON.stringify({ note: text }) }),
    part: (text) => inJson(inJson(text)),
  },
];

const asText: Form = { name: 'text', line: (text) => text, part: (text) => text };

export const forms: readonly Form[] = [asText, ...loggers];

/** As text in one line, and by a logger in the next. JSON stays as it is. */
function formOf(line: string, i: number): Form {
  const logger = loggers[((i - 1) / 2) % loggers.length];
  return line.startsWith('{"') || logger === undefined ? asText : logger;
}

const plantedFiles = [
  ...['written-planted.txt', 'service-planted.txt'],
  ...['unseen-applications.txt', 'unseen-servers.txt', 'unseen-services.txt', 'unseen-people.txt'],
  'unseen-databases.txt',
];

/** Lines as they stand in the files, before a logger writes them. `at`: its number. */
interface Text extends Planted {
  readonly at: number;
}

function planted(): readonly Text[] {
  let [source, program] = ['', ''];
  return linesOf(...plantedFiles).flatMap((line, i) => {
    const group = /^# (\S+): (.+)$/.exec(line);
    if (group !== null) [, source = '', program = ''] = group;
    if (line.startsWith('# ')) return [];
    const { filled, hidden } = values(line);
    const marked = [...filled.matchAll(/«([^»]*)»/g)].map(([, text = '']) => text);
    const kept = [...filled.matchAll(/‹([^›]*)›/g)].map(([, text = '']) => text);
    return [
      {
        ...{ kind: `written ${program}`, hard: false, source, at: i, kept },
        ...{ line: filled.replace(/[«»‹›]/g, ''), hidden: [...hidden, ...marked] },
      },
    ];
  });
}

export const writtenTexts = planted();

export const writtenLines: readonly Planted[] = writtenTexts.map(({ at: i, ...text }) => {
  const form = formOf(text.line, i);
  return {
    ...text,
    line: form.line(text.line),
    source: form === asText ? text.source : 'api-server',
    hidden: text.hidden.map(form.part),
    kept: text.kept.map(form.part),
  };
});

export const innocentTexts: readonly string[] = linesOf(
  'written-innocent.txt',
  'service-innocent.txt',
  'unseen-innocent.txt',
).filter((line) => !line.startsWith('# '));

export const writtenInnocent: readonly string[] = innocentTexts.map((line, i) =>
  formOf(line, i).line(line),
);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../runbooks');

/** Names of all pages: one per alert, and those about several alerts. */
export const runbookPages = (): string[] =>
  readdirSync(folder)
    .filter((file) => file !== 'README.md')
    .map((file) => file.replace(/\.md$/, ''))
    .sort();

export const readRunbook = (name: string): string =>
  readFileSync(join(folder, `${name}.md`), 'utf8');

/**
 * `sh` runs unchanged on the development stack. Blocks with `<…>` placeholders: `sh k8s` is for a
 * cluster, `sh elsewhere` for a server that the reference application does not have.
 */
export type BlockKind = 'promql' | 'logql' | 'sh' | 'sh k8s' | 'sh elsewhere';

/** Content of the fenced blocks of one kind, in order. */
export const blocksOf = (text: string, kind: BlockKind): string[] =>
  [...text.matchAll(/^```([^\n]+)\n([^]*?)^```$/gm)]
    .filter(([, info]) => info === kind)
    .map(([, , body = '']) => body.trim());

/** Inline code that is a command: it starts with the name of a program. */
export const inlineCommands = (text: string): string[] =>
  [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code.replace(/\s+/g, ' '))
    .filter((code) => /^(docker|kubectl|make) /.test(code));

/** Text below each second-level heading. */
export const sectionsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );

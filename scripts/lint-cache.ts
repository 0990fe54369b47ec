import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Which files ESLint has to look at again.
 *
 * ESLint's own cache knows a file by its content alone. Rules that ask for types look into what a file imports, so that
 * a change there can make an error here. A file is therefore known by its content and that of all it imports, however
 * far away; beyond that by the rules, the compiler's options and the installed packages.
 */
export interface LintCache {
  /** Paths from the root of files that have changed, or import one that has, since they were clean. */
  readonly stale: readonly string[];
  /** Writes down that all files are clean as they were when they were read. */
  readonly remember: () => void;
}

/** Everything that decides what is wrong with a file, besides the code. */
const rules = [
  'eslint.config.mjs',
  'scripts/lint/import-directions.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** The folders that eslint.config.mjs leaves out, and those that ESLint does. */
const ignored = new Set(['node_modules', '.git', 'build', 'coverage']);

/** @param file where the state of the last clean run is kept */
export function lintCache(root: string, file: string): LintCache {
  const paths = codeFiles(root);
  const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const base = hash([process.version, ...rules.map((path) => textOf(join(root, path)))]);
  const imports = new Map([...texts].map(([path, text]) => [path, importsOf(path, text, texts)]));
  const keys = Object.fromEntries(
    paths.map((path): [string, string] => {
      const seen = [...reachable(path, imports)].sort();
      return [path, hash([base, path, ...seen.flatMap((one) => [one, texts.get(one) ?? ''])])];
    }),
  );
  const known = readKeys(file);
  return {
    stale: paths.filter((path) => !path.endsWith('.json') && known[path] !== keys[path]),
    remember: () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(keys));
    },
  };
}

/** Code, and data that code may import. */
function codeFiles(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return ignored.has(entry.name) ? [] : codeFiles(root, path);
      return /\.([cm]?js|ts|json)$/.test(entry.name) ? [path] : [];
    });
}

/** Files of ours that a text imports in any way. One that a comment names does no harm. */
function importsOf(path: string, text: string, files: ReadonlyMap<string, string>): string[] {
  const specifiers = text.matchAll(/\b(?:from|import|require)\b[\s(]*['"](\.[^'"]*)['"]/g);
  return [...specifiers].flatMap(([, specifier = '']) => {
    const target = join(dirname(path), specifier);
    const names = [target, `${target}.ts`, join(target, 'index.ts')];
    return names.find((name) => files.has(name)) ?? [];
  });
}

function reachable(start: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(...(imports.get(path) ?? []));
  }
  return seen;
}

/** Lengths stand before the texts, so that no two lists look the same. */
function hash(parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${part.length}:`).update(part);
  return sum.digest('hex');
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function readKeys(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

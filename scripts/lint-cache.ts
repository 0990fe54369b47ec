import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Which files ESLint has to check again.
 *
 * ESLint's own cache depends only on a file's content. Rules that use types also read its imports,
 * so a change there can cause an error here. This cache therefore covers a file's content and all
 * of its transitive imports, the lint rules, the compiler options and the installed packages.
 */
export interface LintCache {
  /** Files that have changed, or import a changed file, since they last passed. */
  readonly stale: readonly string[];
  /** Records that all files passed, in the version that was read. */
  readonly remember: () => void;
}

/** Everything besides the code that affects the lint result. */
const rules = [
  'eslint.config.mjs',
  'scripts/lint/import-directions.mjs',
  'tsconfig.json',
  'package-lock.json',
];

/** The directories that eslint.config.mjs and ESLint ignore. */
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

/** Our own files that a text imports in any way. A path in a comment does no harm. */
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

/** Each text is prefixed with its length, so that different lists never have the same hash. */
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

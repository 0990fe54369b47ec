import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Image, images } from '../../../components/images';
import { imageRecipes } from '../../../offline/image-recipes';
import { goVersionNeeded, modulesDir } from '../../../offline/recipe';
import { type Command, recipeHash, recipeOf, recipes } from '../../../offline/recipes';

const commands = Object.keys(recipes) as Command[];
const read = (command: Command, file: string): string =>
  readFileSync(join(modulesDir, recipeOf(command).module, file), 'utf8');

describe.each(commands)('recipe %s', (command) => {
  const recipe = recipeOf(command);

  test('pins the module of its package by version and checksum', () => {
    const required = [...read(command, 'go.mod').matchAll(/^\s+(\S+) (v\S+?)(?: \/\/.*)?$/gm)];
    const sums = read(command, 'go.sum');
    const own = required.filter(([, path = '']) => recipe.package.startsWith(path));
    if (recipe.package !== '.') expect(own.length).toBeGreaterThan(0);
    for (const [, path, version] of own) expect(sums).toContain(`${path} ${version} h1:`);
  });

  test('pins the module of its release', () => {
    // A command of our own without dependencies pins none.
    const pinned = read(command, 'go.sum') === '' ? ' v1' : read(command, 'go.mod');
    expect(pinned).toContain(` v${recipe.moduleVersion ?? recipe.version}`);
  });

  test('names its Go version, and has a unique hash', () => {
    expect(goVersionNeeded(recipe.module)).toMatch(/^1\.\d+/);
    expect(recipeHash(command)).toMatch(/^[0-9a-f]{12}$/);
    expect(commands.filter((other) => recipeHash(other) === recipeHash(command))).toEqual([
      command,
    ]);
  });
});

test('every module folder belongs to a recipe', () => {
  const used = new Set(commands.map((command) => recipeOf(command).module));
  expect(readdirSync(modulesDir).sort()).toEqual([...used].sort());
});

test('Pulumi is built with its own fork of the clipboard module, like upstream', () => {
  expect(read('pulumi', 'go.mod')).toContain(
    'replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e',
  );
});

test('Jaeger is built with the collector version of its release, because no other one fits', () => {
  const text = read('jaeger', 'go.mod');
  const collector = /\bopentelemetry-collector-contrib\/\S+ (v\S+)|\bcollector\/otelcol (v\S+)/g;
  const versions = [...text.matchAll(collector)].map(([, contrib, core]) => contrib ?? core);
  expect(new Set(versions)).toEqual(new Set(['v0.140.0', 'v0.140.1']));
  expect(text).toContain('replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0');
});

/** Commands of the development stack. The first run builds them all. */
const together = [
  ...(['pulumi', 'prometheus', 'alertmanager', 'loki', 'promtail', 'jaeger', 'otelcol'] as const),
  ...(['caddy', 'cadvisor', 'node_exporter', 'blackbox_exporter', 'postgres_exporter'] as const),
  ...(['redis_exporter'] as const),
];
/** Large modules that most of them use. */
const shared = [
  ...['crypto', 'net', 'oauth2', 'sync', 'sys', 'term', 'text', 'time'].map(
    (name) => `golang.org/x/${name}`,
  ),
  ...['', '/metric', '/trace', '/sdk', '/sdk/metric'].map(
    (name) => `go.opentelemetry.io/otel${name}`,
  ),
  ...['api', 'rpc'].map((name) => `google.golang.org/genproto/googleapis/${name}`),
  ...['google.golang.org/grpc', 'google.golang.org/protobuf', 'github.com/klauspost/compress'],
];

test.each(shared)('%s has one version, so that it is compiled once', (module) => {
  const versions = together.flatMap((command) => {
    const line = new RegExp(`^\\s+${module} (v\\S+)`, 'm').exec(read(command, 'go.mod'));
    return line === null ? [] : [line[1]];
  });
  expect(versions.length).toBeGreaterThan(1);
  expect(new Set(versions).size).toBe(1);
});

test('no recipe depends on a single machine', () => {
  for (const command of commands) {
    expect(read(command, 'go.mod')).not.toMatch(/=> [./]/);
    if (recipeOf(command).package === '.') {
      expect(existsSync(join(modulesDir, recipeOf(command).module, 'main.go'))).toBe(true);
    }
  }
});

const made = Object.entries(images).filter(([name]) => name !== 'grafana');

// There is no stand-in for Grafana: if its image is not available, a stack runs without it.
describe.each(made as Array<[keyof typeof images, Image]>)('image %s', (name, image) => {
  const recipe = imageRecipes[name];

  test('has the version that the stack requests, or names the stand-in', () => {
    const command = Object.values(recipe?.commands ?? {})[0];
    const npm = recipe?.packages?.npm;
    const version = command ? recipeOf(command).version : (npm?.release ?? npm?.version);
    const tag = image.tag.replace(/^v/, '').replace(/(-(bookworm|trixie))?(-slim)?$/, '');
    if (version === undefined) expect(recipe?.standIn).toMatch(/^\S+ \d+ \(.*\{version\}\)$/);
    else expect(version).toBe(tag);
  });

  test('has an entry point that exists', () => {
    const files = Object.keys({ ...recipe?.commands, ...recipe?.scripts });
    const [entry] = recipe?.entrypoint ?? recipe?.arguments ?? [];
    const fetched = Object.values(recipe?.packages?.npm?.files ?? {});
    expect([...files, ...fetched].map((path) => [path, basename(path)]).flat()).toContain(entry);
  });

  test('has valid scripts that stop after a failure', () => {
    for (const name of Object.values(recipe?.scripts ?? {})) {
      const path = join(__dirname, '../../../offline/images', name);
      expect(readFileSync(path, 'utf8')).toMatch(/^#!\/bin\/(ba)?sh\n(#.*\n)+set -eu/);
      expect(spawnSync('bash', ['-n', path]).status).toBe(0);
    }
  });
});

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot, diskError, makeDirectory, withLock } from './cache';
import { KitError, type Log } from './errors';
import { ensureGo } from './go';
import { run, tail } from './run';

/**
 * JSON schemas of Kubernetes' own kinds, for kubeconform. Its default source is a site of files that
 * not every machine reaches; the same descriptions lie in Kubernetes' source, which is a Go module.
 */
const kubernetes = {
  version: '1.35.4',
  /** As in sum.golang.org. */
  sum: 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=',
};

export type Json = Readonly<Record<string, unknown>>;

/** The parts of an OpenAPI 2 description that are looked at here. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Json>>;
}

/**
 * Makes the schemas, once, in the cache, and returns what kubeconform takes as `-schema-location`.
 *
 * They are strict: a field that the API does not have is an error, and so is a `null`.
 */
export async function kubeSchemas(log: Log): Promise<string> {
  const folder = join(cacheRoot(), `kube-schemas-${kubernetes.version}`);
  await withLock(
    `${folder}.lock`,
    () => log('waiting for another run that is making the Kubernetes schemas'),
    async () => {
      if (madeByThisCode(folder)) return;
      log(`making the JSON schemas of Kubernetes ${kubernetes.version}`);
      write(folder, schemas(await openApi(log)));
    },
  );
  return join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
}

/** Changes with this file: what an earlier version of it made is made again. */
const stamp = createHash('sha256').update(readFileSync(__filename)).digest('hex');

function madeByThisCode(folder: string): boolean {
  const path = join(folder, 'stamp');
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

function write(folder: string, files: ReadonlyMap<string, Json>): void {
  makeDirectory(cacheRoot());
  const scratch = mkdtempSync(`${folder}.`);
  try {
    for (const [name, schema] of files) writeFileSync(join(scratch, name), JSON.stringify(schema));
    writeFileSync(join(scratch, 'stamp'), stamp);
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw diskError(error, folder);
  }
}

async function openApi(log: Log): Promise<OpenApi> {
  const id = `k8s.io/kubernetes@v${kubernetes.version}`;
  const go = await ensureGo('1.16', log);
  const { ok, stdout, stderr } = await run(go.path, ['mod', 'download', '-json', id], {
    // Outside of any module, whose go.mod could ask for another Go.
    cwd: tmpdir(),
    // The sum is pinned above, so that no other service than the proxy has to be reachable.
    env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GONOSUMDB: 'k8s.io/kubernetes' },
    timeoutMs: 600_000,
  });
  const got = JSON.parse(stdout || '{}') as { Dir?: string; Sum?: string; Error?: string };
  if (!ok || got.Dir === undefined) {
    throw new KitError(`cannot fetch ${id}: ${got.Error ?? tail(stderr, 3)}`);
  }
  if (got.Sum !== kubernetes.sum) {
    throw new KitError(`${id} has the sum ${got.Sum}, not the pinned one: refusing to use it`);
  }
  const path = join(got.Dir, 'api/openapi-spec/swagger.json');
  return JSON.parse(readFileSync(path, 'utf8')) as OpenApi;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** What OpenAPI calls a text and the API also takes as a number. */
const special: Readonly<Record<string, Json>> = {
  [intOrString]: { type: ['string', 'integer'] },
  [quantity]: {
    type: ['string', 'number'],
    pattern: '^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$',
  },
};

/** One standalone schema for each kind, by the file name under which kubeconform looks for it. */
export function schemas({ definitions }: OpenApi): Map<string, Json> {
  const files = new Map<string, Json>();
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = (definition['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[];
    const [kind] = kinds;
    // Those with several are not objects of their own (DeleteOptions, WatchEvent).
    if (kinds.length !== 1 || kind === undefined || !isObject(definition)) continue;
    files.set(fileName(kind), standalone(name, kind, definitions));
  }
  return files;
}

function isObject({ properties = {} }: Json): boolean {
  return ['apiVersion', 'kind', 'metadata'].every((field) => field in (properties as object));
}

/** `deployment-apps-v1.json`; of a group only the first part, and nothing of the core group. */
function fileName({ group, version, kind }: GroupVersionKind): string {
  const parts = [kind.toLowerCase(), group.split('.')[0], version];
  return `${parts.filter((part) => part !== '').join('-')}.json`;
}

function standalone(
  root: string,
  { group, version, kind }: GroupVersionKind,
  definitions: OpenApi['definitions'],
): Json {
  const needed: Record<string, Json> = {};
  const pending = [root];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name in needed) continue;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`the API description lacks ${name}`);
    needed[name] = special[name] ?? closed(definition, pending);
  }
  const { [root]: object = {}, ...rest } = needed;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...object,
    properties: {
      ...(object['properties'] as object),
      apiVersion: { enum: [group === '' ? version : `${group}/${version}`] },
      kind: { enum: [kind] },
    },
    required: [...new Set([...((object['required'] ?? []) as string[]), 'apiVersion', 'kind'])],
    definitions: rest,
  };
}

/**
 * A type with what JSON schema needs of it. Where it lists its fields, it has no others; a type without
 * any list (arbitrary JSON) stays open.
 *
 * @param references names of the types that it refers to are added here
 */
function closed(type: Json, references: string[]): Json {
  const { $ref, properties, items, additionalProperties } = type;
  if (typeof $ref === 'string') {
    references.push($ref.replace('#/definitions/', ''));
    return { $ref };
  }
  const inner = (value: unknown): Json => closed(value as Json, references);
  return {
    ...pick(type, ['type', 'enum', 'required', 'minimum', 'maximum']),
    ...(properties === undefined
      ? undefined
      : {
          properties: Object.fromEntries(
            Object.entries(properties as object).map(([name, value]) => [name, inner(value)]),
          ),
          additionalProperties: false,
        }),
    ...(items === undefined ? undefined : { items: inner(items) }),
    ...(additionalProperties === undefined
      ? undefined
      : { additionalProperties: inner(additionalProperties) }),
  };
}

function pick(type: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.filter((key) => key in type).map((key) => [key, type[key]]));
}

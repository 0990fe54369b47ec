import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot, diskError, makeDirectory, withLock } from './cache';
import { KitError, type Log } from './errors';
import { ensureGo } from './go';
import { run, tail } from './run';

/**
 * JSON schemas of Kubernetes' own kinds, for kubeconform. Its default source is a website that some
 * machines cannot reach. The source code of Kubernetes, which is a Go module, contains the same
 * descriptions.
 */
const sums = {
  '1.34.4': 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=',
  '1.35.4': 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=',
  '1.37.2': 'h1:A2VDEiObzkYqFTKhSsn0ZEb0RlLEXpHWj93gi2HqEwE=',
} as const;

/** A release of Kubernetes whose schemas can be made. The sums are those of sum.golang.org. */
export type KubernetesVersion = keyof typeof sums;

export const kubernetesVersions = Object.keys(sums) as readonly KubernetesVersion[];

export type Json = Readonly<Record<string, unknown>>;

/** The parts of an OpenAPI 2 description that are used here. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Json>>;
}

/**
 * Creates the schemas in the cache if they are missing, and returns the value for kubeconform's
 * `-schema-location`.
 *
 * They are strict: a field that the API does not have is an error, and so is `null`.
 */
export async function kubeSchemas(version: KubernetesVersion, log: Log): Promise<string> {
  const folder = join(cacheRoot(), `kube-schemas-${version}`);
  await withLock(
    `${folder}.lock`,
    () => log('waiting for another run that is making the Kubernetes schemas'),
    async () => {
      if (madeByThisCode(folder)) return;
      log(`making the JSON schemas of Kubernetes ${version}`);
      write(folder, schemas(await openApi(version, log)));
    },
  );
  return join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
}

/** A change of this file invalidates the schemas that an earlier version created. */
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

async function openApi(version: KubernetesVersion, log: Log): Promise<OpenApi> {
  const id = `k8s.io/kubernetes@v${version}`;
  const go = await ensureGo('1.16', log);
  const { ok, stdout, stderr } = await run(go.path, ['mod', 'download', '-json', id], {
    // Outside any module, whose go.mod could require another Go version.
    cwd: tmpdir(),
    // The checksum is pinned above, so no service other than the proxy is needed.
    env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', GONOSUMDB: 'k8s.io/kubernetes' },
    timeoutMs: 600_000,
  });
  const got = JSON.parse(stdout || '{}') as { Dir?: string; Sum?: string; Error?: string };
  if (!ok || got.Dir === undefined) {
    throw new KitError(`cannot fetch ${id}: ${got.Error ?? tail(stderr, 3)}`);
  }
  if (got.Sum !== sums[version]) {
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

/** Types that are strings in OpenAPI but that the API also accepts as numbers. */
const special: Readonly<Record<string, Json>> = {
  [intOrString]: { type: ['string', 'integer'] },
  [quantity]: {
    type: ['string', 'number'],
    pattern: '^[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$',
  },
};

/** One standalone schema per kind, by the file name that kubeconform expects. */
export function schemas({ definitions }: OpenApi): Map<string, Json> {
  const files = new Map<string, Json>();
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = (definition['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[];
    const [kind] = kinds;
    // Definitions with several kinds are not objects of their own (DeleteOptions, WatchEvent).
    if (kinds.length !== 1 || kind === undefined || !isObject(definition)) continue;
    files.set(fileName(kind), standalone(name, kind, definitions));
  }
  return files;
}

function isObject({ properties = {} }: Json): boolean {
  return ['apiVersion', 'kind', 'metadata'].every((field) => field in (properties as object));
}

/** `deployment-apps-v1.json`: only the first part of a group, and nothing for the core group. */
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
 * Converts a type for JSON schema. A type with listed fields allows no others. A type without a
 * list (arbitrary JSON) allows all.
 *
 * @param references receives the names of the types that it refers to
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

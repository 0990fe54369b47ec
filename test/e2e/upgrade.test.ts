import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { capture } from '../../scripts/process';
import { Checkout } from './lib/checkout';

/**
 * Plans an upgrade of a running stack with the real engine: this program with the state of an
 * earlier release. The state is the output of `pulumi stack export` for the stack `dev`, without
 * Grafana, whose plugin is not available everywhere. Passwords are replaced. Images, files and
 * containers without volumes are removed, so the plan creates them. Nothing is executed.
 */
const released = readFileSync(join(__dirname, 'fixtures', 'state-0.1.0.json'), 'utf8');

/**
 * Losing one of these loses data or access to it: PostgreSQL and Redis keep their initial password.
 */
const holdsData = ['docker:index/volume:Volume', 'random:index/randomPassword:RandomPassword'];

interface Mount {
  readonly volumeName?: string;
  readonly containerPath: string;
}
interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: { readonly volumes?: readonly Mount[] };
}
interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: Resource;
}

const resources = (
  JSON.parse(released) as { deployment: { resources: readonly Resource[] } }
).deployment.resources.filter(({ type }) => !type.startsWith('pulumi:'));
const ofData = resources.filter(({ type }) => holdsData.includes(type));

let checkout: Checkout;

beforeAll(() => {
  checkout = new Checkout('dev');
  checkout.writeStackFile(
    stringify({ config: { 'audifi-observability:grafana': { enabled: false } } }),
  );
});
afterAll(() => checkout.remove());

async function pulumi(args: string): Promise<string> {
  const { code, output } = await checkout.make('pulumi', { ARGS: args });
  if (code !== 0) throw new Error(`pulumi ${args}: exit ${code}\n${output}`);
  return output;
}

/** The steps that `up` would do with a state. */
async function planOver(state: string): Promise<readonly Step[]> {
  const file = join(checkout.dir, 'state.json');
  writeFileSync(file, state);
  await pulumi(`stack import --file ${file}`);
  const config = join(checkout.state, 'Pulumi.dev.yaml');
  const output = await pulumi(`preview --json --show-sames --config-file ${config}`);
  const text = output.slice(output.indexOf('{\n'), output.lastIndexOf('}') + 1);
  return (JSON.parse(text) as { steps: readonly Step[] }).steps;
}

const opsOf = (steps: readonly Step[], { urn }: Resource): string[] =>
  steps.filter((step) => step.urn === urn).map(({ op }) => op);

const mounts = ({ inputs }: Resource): string[] =>
  (inputs?.volumes ?? [])
    .filter(({ volumeName }) => volumeName !== undefined)
    .map(({ volumeName, containerPath }) => `${volumeName}:${containerPath}`)
    .sort();

describe('an upgrade from release 0.1.0', () => {
  it('replaces and deletes no resource with data, and keeps its mounts', async () => {
    const steps = await planOver(released);
    expect(ofData.filter(({ type }) => type === holdsData[0])).toHaveLength(8);
    expect(ofData.filter(({ type }) => type === holdsData[1])).toHaveLength(6);
    for (const resource of ofData) {
      expect({ urn: resource.urn, ops: opsOf(steps, resource) }).toEqual({
        urn: resource.urn,
        ops: ['same'],
      });
    }
    const before = resources.filter((resource) => mounts(resource).length > 0);
    expect(before.length).toBeGreaterThanOrEqual(8);
    for (const resource of before) {
      const after = steps.find(({ urn, newState }) => urn === resource.urn && newState)?.newState;
      expect({ urn: resource.urn, mounts: after && mounts(after) }).toEqual({
        urn: resource.urn,
        mounts: mounts(resource),
      });
    }
  });

  it('shows a renamed volume as a replacement, so the test above would notice one', async () => {
    const name = 'audifi-dev-loki-data';
    const steps = await planOver(released.replaceAll(`"${name}"`, '"audifi-dev-loki-chunks"'));
    const [volume] = ofData.filter(({ urn }) => urn.endsWith('::loki-data'));
    expect(volume && opsOf(steps, volume)).toContain('replace');
  });
});

/**
 * On Kubernetes the data is in claims, which an upgrade finds by their names, and in directories of
 * the nodes. The fixture has the StatefulSets and DaemonSets that `make render STACK=prod` wrote at
 * that release.
 */
const manifests = readFileSync(join(__dirname, 'fixtures', 'manifests-0.1.0.yaml'), 'utf8');

interface Controller {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly persistentVolumeClaimRetentionPolicy?: object;
    readonly template: {
      readonly spec: {
        readonly securityContext: { readonly fsGroup: number };
        readonly containers: readonly {
          readonly name: string;
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
        readonly volumes: readonly {
          readonly name: string;
          readonly hostPath?: { path: string };
        }[];
      };
    };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly accessModes: readonly string[] };
    }[];
  };
}

const ownFolder = '/var/lib/audifi-observability/';

/** Where the data of a controller is: `<namespace>/<claim or directory> at <path> for <group>`. */
function dataOf({ metadata, spec }: Controller): string[] {
  const { containers, volumes, securityContext } = spec.template.spec;
  const claims = (spec.volumeClaimTemplates ?? []).map(
    (claim) => [claim.metadata.name, `${claim.metadata.name}-${metadata.name}-0`] as const,
  );
  const folders = volumes.flatMap(({ name, hostPath }) =>
    hostPath?.path.startsWith(ownFolder) === true ? [[name, hostPath.path] as const] : [],
  );
  return [...claims, ...folders].flatMap(([volume, place]) =>
    containers.flatMap(({ name, volumeMounts }) =>
      volumeMounts
        .filter((mount) => mount.name === volume)
        .map(
          ({ mountPath }) =>
            `${metadata.namespace}/${place} at ${name}:${mountPath} for ${securityContext.fsGroup}`,
        ),
    ),
  );
}

describe('an upgrade of the stack prod from release 0.1.0', () => {
  const before = parseAllDocuments(manifests).map((document) => document.toJS() as Controller);

  it('finds all data again: the same claims and directories, at the same paths', async () => {
    const render = ['scripts/render.ts', '--stack', 'prod'];
    const tsx = join(checkout.dir, 'node_modules', '.bin', 'tsx');
    expect(await capture(tsx, render, { cwd: checkout.dir })).toMatchObject({ code: 0 });
    const folder = join(checkout.dir, 'build', 'prod', 'kubernetes');
    const after = readdirSync(folder)
      .filter((file) => /-(statefulset|daemonset)-/.test(file))
      .map((file) => parse(readFileSync(join(folder, file), 'utf8')) as Controller);
    const held = before.flatMap(dataOf);
    expect(held.filter((place) => place.includes(' at '))).toHaveLength(7);
    expect(after.flatMap(dataOf)).toEqual(expect.arrayContaining(held));
    // Whatever replaces a StatefulSet, its claims stay.
    for (const { kind, spec } of after.filter((each) => each.kind === 'StatefulSet')) {
      expect([kind, spec.persistentVolumeClaimRetentionPolicy]).toEqual([
        'StatefulSet',
        { whenDeleted: 'Retain', whenScaled: 'Retain' },
      ]);
    }
  });
});

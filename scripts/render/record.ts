import '../../components/start-up';
import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { signature } from '../../policy/events';
import { projectName } from '../stack-files';

/** A resource as the program declared it. */
export interface Recorded {
  /** Type token, e.g. `docker:index/container:Container`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Physical name: given, or generated instead of the provider's choice. */
  readonly id: string;
  readonly inputs: Inputs;
  /** Names of the inputs that are, or contain, a secret. */
  readonly secrets: readonly string[];
}

export type Inputs = Readonly<Record<string, unknown>>;

export interface RecordOptions {
  readonly stack: string;
  /** Values by full key, as the engine passes them. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
}

/** A dummy private address. The real one is only known after the engine has created the network. */
const dummyGateway = '172.31.0.1';

/** Placeholder for values that only the real provider knows. */
const unknown = '"__pulumiUnknown":true';

/**
 * Runs a Pulumi program without an engine, and returns its custom resources sorted by type and
 * name. Mocks replace the providers: outputs equal inputs, and generated values are the same in
 * every run. Counts as a preview, so no endpoint is probed.
 *
 * Throws the exceptions of the program.
 */
export async function record(
  program: () => unknown,
  { stack, config = {}, secretKeys = [] }: RecordOptions,
): Promise<Recorded[]> {
  const resources: Recorded[] = [];
  const newResource = (
    args: pulumi.runtime.MockResourceArgs,
  ): pulumi.runtime.MockResourceResult => {
    const raw = args.inputs as Inputs;
    const inputs = unwrapped(raw);
    const chosen = chosenByProvider(args.type, args.name, inputs);
    const id = physicalName(args.name, { ...inputs, ...chosen });
    if (args.custom === true && !args.type.startsWith('pulumi:')) {
      // A manifest needs the name that the provider would generate.
      const named = 'metadata' in chosen ? { ...inputs, metadata: chosen['metadata'] } : inputs;
      const secrets = Object.keys(raw).filter((key) => isSecret(raw[key]));
      resources.push({ type: args.type, name: args.name, id, inputs: named, secrets });
    }
    return { id, state: { ...raw, ...chosen } };
  };
  await pulumi.runtime.setMocks({ newResource, call: answer }, projectName, stack, true);
  pulumi.runtime.setAllConfig({ ...config }, [...secretKeys]);
  await settled(program);
  for (const { type, name, inputs } of resources) {
    if (JSON.stringify(inputs).includes(unknown)) {
      throw new Error(
        `${type} "${name}" needs an output that scripts/render/record.ts does not mock`,
      );
    }
  }
  const key = ({ type, name }: Recorded): string => `${type} ${name}`;
  return resources.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Waits for all registrations. A failed registration causes unhandled rejections. The first
 * rejection is the cause, and later ones only follow from it.
 */
async function settled(program: () => unknown): Promise<void> {
  let onRejection: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    onRejection = reject;
  });
  process.on('unhandledRejection', onRejection);
  const done = async (): Promise<void> => {
    await program();
    await pulumi.runtime.disconnect();
    // Node reports rejections only after the pending promises are settled.
    await new Promise((resolve) => setImmediate(resolve));
  };
  await Promise.race([done(), failed]);
  process.off('unhandledRejection', onRejection);
}

function chosenByProvider(type: string, name: string, inputs: Inputs): Record<string, unknown> {
  if (type.startsWith('kubernetes:')) {
    const metadata = (inputs['metadata'] ?? {}) as Record<string, unknown>;
    return {
      metadata: { ...metadata, name: metadata['name'] ?? `${name}-${contentHash(inputs)}` },
    };
  }
  switch (type) {
    case 'docker:index/network:Network':
      return { ipamConfigs: [{ gateway: dummyGateway }] };
    case 'docker:index/remoteImage:RemoteImage':
      // More readable than an image id, and valid for `docker run`.
      return { imageId: inputs['name'] };
    case 'random:index/randomPassword:RandomPassword':
      return { result: `<secret:${name}>` };
    case 'random:index/randomId:RandomId':
      return { hex: `<random:${name}>` };
    case 'pagerduty:index/serviceIntegration:ServiceIntegration':
      return { integrationKey: `<secret:${name}>` };
    case 'pulumi-nodejs:dynamic/betterStack:Heartbeat':
      return { callUrl: `<secret:${name}>` };
    default:
      return {};
  }
}

/**
 * Results of the functions that the program calls: looks up a network to join, or a user to page.
 */
function answer({ token, inputs }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  const { name = '', email = '' } = inputs as { name?: string; email?: string };
  switch (token) {
    case 'docker:index/getNetwork:getNetwork':
      return { id: name, name, driver: 'bridge', ipamConfigs: [{ gateway: dummyGateway }] };
    case 'pagerduty:index/getUser:getUser':
      return { id: `<user:${email}>`, name: email, email };
    default:
      throw new Error(`scripts/render/record.ts does not mock the function ${token}`);
  }
}

function physicalName(name: string, state: Inputs): string {
  const metadata = state['metadata'] as { name?: string } | undefined;
  const own = metadata?.name ?? state['name'];
  return typeof own === 'string' ? own : name;
}

/** Whether a property of a request is a secret. Mocks see the mark on the top-level property. */
function isSecret(value: unknown): value is { readonly value: unknown } {
  return typeof value === 'object' && value !== null && signature in value;
}

function unwrapped(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, isSecret(value) ? value.value : value]),
  );
}

/**
 * Like the provider's random suffix, it changes with the content, so a changed object gets a new
 * name.
 */
function contentHash(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, 8);
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

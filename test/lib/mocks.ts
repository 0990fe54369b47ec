import '../../components/start-up';
import * as pulumi from '@pulumi/pulumi';
import * as runtimeState from '@pulumi/pulumi/runtime/state';
import { signature } from '../../policy/events';
import { projectName } from '../../scripts/stack-files';

/** Part of the SDK, but missing in its type declarations. */
const { setStackResource } = runtimeState as unknown as {
  setStackResource: (resource: pulumi.Resource | undefined) => void;
};

/**
 * The position of each resource in the program is only for the engine. To find it, the SDK formats
 * a stack trace, and Jest's source maps make that slow.
 */
(pulumi.Resource as unknown as { callsites: () => readonly object[] }).callsites = () => [];

type Properties = Readonly<Record<string, unknown>>;

/** A resource, in the order of registration. */
export interface Registered {
  /** Type token, e.g. `docker:index/container:Container`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs of the provider: outputs resolved, markers of secrets removed. */
  readonly inputs: Properties;
  /** The same with the markers of secrets. */
  readonly marked: Properties;
  /** Inputs from the program: outputs unresolved, so that `pulumi.isSecret` works. */
  readonly props: Properties;
  readonly opts: pulumi.CustomResourceOptions;
}

export interface MockOptions {
  /** @default 'dev' */
  readonly stack?: string;
  /** Whether it is a preview, in which nothing is probed. @default true */
  readonly preview?: boolean;
  /** Values by key without namespace, as the engine passes them. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys without namespace. */
  readonly secretKeys?: readonly string[];
  /** Outputs that a provider adds to the inputs of a resource. @default none */
  readonly outputs?: (type: string, name: string) => Properties;
  /** Results of provider functions by token. Any other call fails. */
  readonly calls?: Readonly<Record<string, Properties>>;
}

export interface Run<T> {
  /** Result of the program, resolved. */
  readonly result: T;
  readonly resources: readonly Registered[];
  /** Resources whose type ends with this, e.g. `Container`. */
  readonly ofType: (type: string) => Registered[];
  /** The one resource of this logical name and type. */
  readonly get: (type: string, name: string) => Registered;
}

/** Gateway of mocked networks. */
export const gateway = '172.31.0.1';

/**
 * Runs a program with mocks as the engine does, as the root of a stack, until all its resources are
 * registered. Throws the exceptions of the program. (A later failure in an output is an unhandled
 * rejection, which fails the test.)
 */
export async function run<T>(
  program: () => T | Promise<T>,
  options: MockOptions = {},
): Promise<Run<pulumi.Unwrap<T>>> {
  const inputs = new Map<string, Properties>();
  const said: Omit<Registered, 'inputs' | 'marked'>[] = [];
  const key = (type: string, name: string): string => `${type} ${name}`;

  const newResource = ({
    type,
    name,
    inputs: given,
  }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult => {
    const raw = given as Properties;
    inputs.set(key(type, name), raw);
    const added = options.outputs?.(type, name) ?? providerOutputs(type, name);
    return { id: `${name}-id`, state: { ...raw, ...added } };
  };
  const call = ({ token }: pulumi.runtime.MockCallArgs): Properties => {
    const answer = options.calls?.[token];
    if (answer === undefined) throw new Error(`${token} is not mocked`);
    return answer;
  };
  const { stack = 'dev', preview = true, config = {}, secretKeys = [] } = options;
  await pulumi.runtime.setMocks({ newResource, call }, projectName, stack, preview);
  const full = (short: string): string => `${projectName}:${short}`;
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([short, value]) => [full(short), value])),
    secretKeys.map(full),
  );

  setStackResource(
    new Root(({ type, name, props, opts }) => {
      said.push({ type, name, props: props, opts });
      return undefined;
    }),
  );
  let result: T;
  try {
    result = await program();
    await pulumi.runtime.disconnect();
  } finally {
    setStackResource(undefined);
  }
  const resources = said.map((registered) => {
    const marked = inputs.get(key(registered.type, registered.name)) ?? {};
    return { ...registered, marked, inputs: unmarked(marked) as Properties };
  });
  return {
    result: await value(result),
    resources,
    ofType: (type) => resources.filter((resource) => resource.type.endsWith(`:${type}`)),
    get: (type, name) => {
      const found = resources.find((r) => r.type.endsWith(`:${type}`) && r.name === name);
      if (found === undefined) throw new Error(`no ${type} "${name}" was registered`);
      return found;
    },
  };
}

/**
 * Parent of all resources instead of the engine's stack, whose errors would escape to the process.
 */
class Root extends pulumi.ComponentResource {
  constructor(transformation: pulumi.ResourceTransformation) {
    super('test:index:Root', 'root', {}, { transformations: [transformation] });
  }
}

/** Value of an output, or of a structure that contains outputs. */
export function value<T>(input: T): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => pulumi.output(input).apply(resolve));
}

function providerOutputs(type: string, name: string): Properties {
  switch (type) {
    case 'docker:index/network:Network':
      return { ipamConfigs: [{ gateway }] };
    case 'docker:index/remoteImage:RemoteImage':
      return { imageId: `sha256:${name}` };
    case 'random:index/randomPassword:RandomPassword':
      return { result: `made-up-${name}` };
    case 'random:index/randomId:RandomId':
      return { hex: '0a1b2c3d' };
    default:
      return {};
  }
}

function unmarked(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(unmarked);
  if (typeof input !== 'object' || input === null) return input;
  if (signature in input && 'value' in input) return unmarked(input.value);
  return Object.fromEntries(Object.entries(input).map(([k, inner]) => [k, unmarked(inner)]));
}

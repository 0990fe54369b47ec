import '../../components/start-up';
import * as pulumi from '@pulumi/pulumi';
import * as runtimeState from '@pulumi/pulumi/runtime/state';
import { projectName } from '../../scripts/stack-files';

/** Part of the SDK, though left out of its type declarations. */
const { setStackResource } = runtimeState as unknown as {
  setStackResource: (resource: pulumi.Resource | undefined) => void;
};

type Properties = Readonly<Record<string, unknown>>;

/** A resource as the program registered it, in the order of registration. */
export interface Registered {
  /** Type token, e.g. `docker:index/container:Container`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What the provider would get: outputs resolved, marks of secrets taken off. */
  readonly inputs: Properties;
  /** The same, with the marks of secrets as they are on the wire. */
  readonly marked: Properties;
  /** What the program said: outputs as they are, so that `pulumi.isSecret` can be asked. */
  readonly props: Properties;
  readonly opts: pulumi.CustomResourceOptions;
}

export interface MockOptions {
  /** @default 'dev' */
  readonly stack?: string;
  /** Is it a preview, in which nothing is probed? @default true */
  readonly preview?: boolean;
  /** Values by key without namespace, as the engine hands them over. */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys without namespace. */
  readonly secretKeys?: readonly string[];
  /** What a provider adds to the inputs of a resource. @default none */
  readonly outputs?: (type: string, name: string) => Properties;
  /** Answers of provider functions by token. A call that is not here fails. */
  readonly calls?: Readonly<Record<string, Properties>>;
}

export interface Run<T> {
  /** What the program returned, resolved. */
  readonly result: T;
  readonly resources: readonly Registered[];
  /** Resources whose type ends in this, e.g. `Container`. */
  readonly ofType: (type: string) => Registered[];
  /** The one resource of this logical name and type. */
  readonly get: (type: string, name: string) => Registered;
}

/** The gateway that mocked networks have. */
export const gateway = '172.31.0.1';

/**
 * Runs a program under mocks as the engine would: as the root of a stack, until everything that it
 * registers has been. Throws what the program throws. (What fails later, in an output, is a rejection
 * that nobody handles, and fails the test.)
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

/** Parent of everything, in place of the engine's stack: its errors would escape to the process. */
class Root extends pulumi.ComponentResource {
  constructor(transformation: pulumi.ResourceTransformation) {
    super('test:index:Root', 'root', {}, { transformations: [transformation] });
  }
}

/** Value of an output, or of a structure that contains some. */
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

/** How Pulumi marks a secret between the program and the engine. */
const secretMark = '4dabf18193072939515e22adb298388d';

function unmarked(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(unmarked);
  if (typeof input !== 'object' || input === null) return input;
  if (secretMark in input && 'value' in input) return unmarked(input.value);
  return Object.fromEntries(Object.entries(input).map(([k, inner]) => [k, unmarked(inner)]));
}

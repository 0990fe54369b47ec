import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as grpc from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb';
import * as engine from '@pulumi/pulumi/proto/engine_pb';
import { ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb';
import * as rpc from '@pulumi/pulumi/proto/resource_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { grpcOptions, unary } from '../../offline/standins/rpc';
import { signature } from '../../policy/events';
import { projectName, projectRoot } from '../../scripts/stack-files';

/** What a program did in the SDK's own runner. */
export interface Ran {
  readonly code: number;
  /** Messages to the engine, which it shows to the user. */
  readonly log: readonly {
    readonly severity: 'debug' | 'info' | 'warning' | 'error';
    readonly text: string;
  }[];
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    /** Secrets are marked. */
    readonly inputs: Readonly<Record<string, JavaScriptValue>>;
    /** Outputs that are secrets whatever the inputs are. */
    readonly secretOutputs: readonly string[];
  }[];
  readonly output: string;
}

export interface RunnerOptions {
  /** Folder of the program. */
  readonly directory: string;
  /** Path of its entry file in the folder. @default as in package.json */
  readonly entry?: string;
  /** Path of its tsconfig in the folder. */
  readonly tsconfig: string;
  /** @default 'dev' */
  readonly stack?: string;
  /** Values by full key. */
  readonly config?: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeArguments?: readonly string[];
}

/**
 * Runs a program as `pulumi preview` does: in a separate Node process with the SDK's own runner,
 * against an engine that accepts every resource. Outputs are the inputs plus `outputs`. This covers
 * what mocks of the SDK cannot: the compiler, source maps, and the process.
 */
export async function runProgram(
  options: RunnerOptions,
  outputs: (type: string) => Readonly<Record<string, JavaScriptValue>> = () => ({}),
): Promise<Ran> {
  const { directory, entry = '.', tsconfig, stack = 'dev', config = {}, secretKeys = [] } = options;
  const log: { severity: Ran['log'][number]['severity']; text: string }[] = [];
  const resources: Ran['resources'][number][] = [];
  const server = new grpc.Server(grpcOptions);
  server.addService(EngineService, {
    log: unary((request: engine.LogRequest) => {
      log.push({
        severity: severities[request.getSeverity()] ?? 'error',
        text: request.getMessage(),
      });
      return new Empty();
    }),
    getRootResource: unary(() => new engine.GetRootResourceResponse()),
    setRootResource: unary(() => new engine.SetRootResourceResponse()),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  });
  server.addService(ResourceMonitorService, {
    getDeploymentInfo: unary(() => new rpc.DeploymentInfo().setSupportedfeaturesList(features)),
    supportsFeature: unary(() => new rpc.SupportsFeatureResponse().setHassupport(true)),
    registerResource: unary((request: rpc.RegisterResourceRequest) => {
      const [type, name] = [request.getType(), request.getName()];
      const inputs = plain(request.getObject()?.toJavaScript() ?? {}) as Fields;
      const secretOutputs = request.getAdditionalsecretoutputsList();
      resources.push({ type, name, inputs, secretOutputs });
      return new rpc.RegisterResourceResponse()
        .setUrn(`urn:pulumi:${stack}::${projectName}::${type}::${name}`)
        .setId(request.getCustom() ? `${name}-id` : '')
        .setObject(Struct.fromJavaScript({ ...inputs, ...outputs(type) }));
    }),
    registerResourceOutputs: unary(() => new Empty()),
    registerPackage: unary(() => new rpc.RegisterPackageResponse().setRef('package')),
    signalAndWaitForShutdown: unary(() => new Empty()),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  try {
    const address = `127.0.0.1:${port}`;
    const runner = require.resolve('@pulumi/pulumi/cmd/run', { paths: [directory] });
    const child = spawn(
      process.execPath,
      [
        ...[...(options.nodeArguments ?? []), runner, '--monitor', address, '--engine', address],
        ...['--project', projectName, '--stack', stack, '--pwd', directory],
        ...['--parallel', '16', '--dry-run', entry],
      ],
      {
        cwd: projectRoot,
        stdio: ['ignore', 'pipe', 'pipe'],
        // Without its engine, a program would try to connect forever.
        timeout: runPatienceMs,
        killSignal: 'SIGKILL',
        env: {
          ...process.env,
          // A CI job may have an engine on another machine, which the program refuses.
          DOCKER_HOST: undefined,
          ...options.env,
          PULUMI_CONFIG: JSON.stringify(config),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
          PULUMI_NODEJS_TYPESCRIPT: 'true',
          PULUMI_NODEJS_TSCONFIG_PATH: tsconfig,
        },
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, log, resources, output };
  } finally {
    server.forceShutdown();
  }
}

/** A program takes seconds, but up to a minute on a busy machine. */
export const runPatienceMs = 90_000;

const severities = ['debug', 'info', 'warning', 'error'] as const;

/** All features of the engine for this version of the SDK. */
const features = Object.values(rpc.ResourceMonitorFeature) as rpc.ResourceMonitorFeature[];

type Fields = Record<string, JavaScriptValue>;

/**
 * The SDK's markers for wrapped values, besides `signature`:
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts
 */
const outputMark = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** The engine's response contains values instead of outputs. Secrets stay marked. */
function plain(value: JavaScriptValue): JavaScriptValue {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Fields;
  if (fields[signature] === outputMark)
    return 'value' in fields ? plain(fields['value'] ?? null) : unknown;
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, plain(inner)]));
}

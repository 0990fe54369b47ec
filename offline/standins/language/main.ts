import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb';
import * as rpc from '@pulumi/pulumi/proto/language_pb';
import { PackageDependency, PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { serve, unary } from '../rpc';

/** The release of the language host that this replaces. */
const version = '3.259.0';

/** With this exit code, the program has already reported its error. */
const alreadyReported = 32;

/** Running programs. Normally one, unless the engine starts more. */
const programs = new Set<ChildProcess>();

/** The directory with the program and its package.json. */
const directory = (info: rpc.ProgramInfo | undefined): string =>
  info?.getProgramDirectory() || process.cwd();

interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

const runtimeOptions = (info: rpc.ProgramInfo | undefined): RuntimeOptions =>
  info?.getOptions()?.toJavaScript() ?? {};

/**
 * Runs the program in a separate Node process with the SDK's own runner, and waits until it exits.
 */
function run(request: rpc.RunRequest, engine: string): Promise<rpc.RunResponse> {
  const info = request.getInfo();
  const options = runtimeOptions(info);
  const response = new rpc.RunResponse();
  let runner: string;
  try {
    runner = createRequire(join(directory(info), 'index.js')).resolve('@pulumi/pulumi/cmd/run');
  } catch {
    return Promise.resolve(
      response.setError(
        'It looks like the Pulumi SDK has not been installed. Have you run npm install?',
      ),
    );
  }
  const nodeArguments = (options.nodeargs ?? '').split(/\s+/).filter((argument) => argument !== '');
  const child = spawn('node', [...nodeArguments, runner, ...programArguments(request, engine)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(legacyConfig(request)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript !== false && { PULUMI_NODEJS_TYPESCRIPT: 'true' }),
      ...(options.tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  });
  programs.add(child);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      programs.delete(child);
      resolve(response.setError(`cannot run node: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      programs.delete(child);
      if (code === alreadyReported) response.setBail(true);
      else if (code !== 0) {
        response.setError(`Program exited with ${signal ?? `non-zero exit code: ${code}`}`);
      }
      resolve(response);
    });
  });
}

function programArguments(request: rpc.RunRequest, engine: string): string[] {
  const info = request.getInfo();
  const flags: Array<[string, string]> = [
    ['monitor', request.getMonitorAddress()],
    ['engine', engine],
    ['organization', request.getOrganization()],
    ['project', request.getProject()],
    ['root-directory', info?.getRootDirectory() ?? ''],
    ['stack', request.getStack()],
    ['pwd', directory(info)],
  ];
  const given = flags
    .filter(([, value]) => value !== '')
    .flatMap(([name, value]) => [`--${name}`, value]);
  if (request.getDryrun()) given.push('--dry-run');
  given.push('--parallel', String(request.getParallel()));
  return [...given, info?.getEntryPoint() || '.', ...request.getArgsList()];
}

/** Configuration keys in the form that every version of the SDK accepts: `project:config:name`. */
function legacyConfig(request: rpc.RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    config[key.replace(/^([^:]*):(?:config:)?/, '$1:config:')] = value;
  });
  return config;
}

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Record<string, string>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** The installed packages that the program depends on. */
function dependencies(info: rpc.ProgramInfo | undefined): Package[] {
  const read = (path: string): Package[] => {
    try {
      return [JSON.parse(readFileSync(path, 'utf8')) as Package];
    } catch {
      return [];
    }
  };
  const names = read(join(directory(info), 'package.json')).flatMap((p) =>
    Object.keys(p.dependencies ?? {}),
  );
  return names.flatMap((name) => read(join(directory(info), 'node_modules', name, 'package.json')));
}

/** The packages that need a provider plugin. */
function pluginsOf(info: rpc.ProgramInfo | undefined): PackageDependency[] {
  return dependencies(info)
    .filter((dependency) => dependency.pulumi?.resource)
    .map(({ name = '', version = '', pulumi }) =>
      new PackageDependency()
        .setKind('resource')
        .setName(pulumi?.name ?? name.replace(/^@pulumi\//, ''))
        .setVersion(`v${(pulumi?.version ?? version).replace(/^v/, '')}`)
        .setServer(pulumi?.server ?? ''),
    );
}

/** `pulumi install`: passes npm's output to the user. */
function install(
  call: ServerWritableStream<rpc.InstallDependenciesRequest, rpc.InstallDependenciesResponse>,
): void {
  const npm = spawn('npm', ['install'], { cwd: directory(call.request.getInfo()) });
  npm.stdout.on('data', (bytes: Buffer) =>
    call.write(new rpc.InstallDependenciesResponse().setStdout(bytes)),
  );
  npm.stderr.on('data', (bytes: Buffer) =>
    call.write(new rpc.InstallDependenciesResponse().setStderr(bytes)),
  );
  npm.once('error', (error) => call.destroy(error));
  npm.once('close', (code) =>
    code === 0 ? call.end() : call.destroy(new Error(`npm install ended with exit code ${code}`)),
  );
}

/**
 * Runs a policy pack in a separate Node process with the SDK's runner for policy packs, in the
 * pack's folder. The engine reads the address from its output, and stops it by ending the call.
 */
function runPlugin(call: ServerWritableStream<rpc.RunPluginRequest, rpc.RunPluginResponse>): void {
  const { request } = call;
  const fail = (details: string): void => {
    call.emit('error', { code: status.UNKNOWN, details });
  };
  if (request.getKind() !== 'analyzer') {
    fail(
      `this stand-in for the language host runs policy packs, no plugin of kind "${request.getKind()}"`,
    );
    return;
  }
  const folder = directory(request.getInfo());
  let runner: string;
  try {
    runner = createRequire(join(folder, 'index.js')).resolve('@pulumi/pulumi/cmd/run-policy-pack');
  } catch {
    // The engine recognises this message, and reports that dependencies are not installed.
    fail("Cannot find module '@pulumi/pulumi/cmd/run-policy-pack'");
    return;
  }
  const child = spawn('node', [runner, ...request.getArgsList(), folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentOf(request.getEnvList()),
  });
  programs.add(child);
  child.stdout.on('data', (bytes: Buffer) =>
    call.write(new rpc.RunPluginResponse().setStdout(bytes)),
  );
  child.stderr.on('data', (bytes: Buffer) =>
    call.write(new rpc.RunPluginResponse().setStderr(bytes)),
  );
  child.once('error', (error) => fail(`cannot run node: ${error.message}`));
  child.once('close', (code) => {
    programs.delete(child);
    if (call.cancelled) return;
    call.write(new rpc.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  call.once('cancelled', () => child.kill('SIGKILL'));
}

/** The complete environment that the engine gives a plugin, as `NAME=value`. */
function environmentOf(given: readonly string[]): NodeJS.ProcessEnv {
  if (given.length === 0) return process.env;
  return Object.fromEntries(
    given.map((entry) => {
      const at = entry.indexOf('=');
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** A stand-in for pulumi-language-nodejs. It starts the program with the SDK's real runner. */
function main(engineAddress: string): void {
  let engine = engineAddress;
  serve(LanguageRuntimeService, {
    handshake: unary((request: rpc.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress() || engine;
      return new rpc.LanguageHandshakeResponse();
    }),
    getRequiredPackages: unary((request: rpc.GetRequiredPackagesRequest) =>
      new rpc.GetRequiredPackagesResponse().setPackagesList(pluginsOf(request.getInfo())),
    ),
    run: unary((request: rpc.RunRequest) => run(request, engine)),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    installDependencies: install,
    runPlugin,
    about: unary(() =>
      new rpc.AboutResponse()
        .setExecutable(process.execPath)
        .setVersion(`${process.version} (stand-in for pulumi-language-nodejs)`),
    ),
    getProgramDependencies: unary((request: rpc.GetProgramDependenciesRequest) =>
      new rpc.GetProgramDependenciesResponse().setDependenciesList(
        dependencies(request.getInfo()).map(({ name = '', version: installed = '' }) =>
          new rpc.DependencyInfo().setName(name).setVersion(installed),
        ),
      ),
    ),
    runtimeOptionsPrompts: unary(() => new rpc.RuntimeOptionsResponse()),
    template: unary(() => new rpc.TemplateResponse()),
    cancel: unary(() => {
      programs.forEach((child) => child.kill('SIGINT'));
      return new Empty();
    }),
  });
  process.on('exit', () => programs.forEach((child) => child.kill('SIGKILL')));
}

main(process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '');

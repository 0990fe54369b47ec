import * as pulumi from '@pulumi/pulumi';
import { DockerPlatform, type DockerPlatformArgs } from '../../../components/platform/docker';
import type { ReadinessRequest } from '../../../components/platform/readiness';
import type { Endpoint, Workload } from '../../../components/workload';
import { type MockOptions, type Registered, run, type Run } from '../../lib/mocks';

export class Component extends pulumi.ComponentResource {
  constructor() {
    super('test:index:Component', 'component');
  }
}

export interface Deployed extends Run<unknown> {
  readonly endpoints: readonly Endpoint[];
  readonly probed: readonly ReadinessRequest[];
  /** The container of a workload. */
  readonly container: (name: string) => Registered['inputs'];
  /** Names of the resources that a container depends on. */
  readonly after: (name: string) => string[];
  readonly platform: DockerPlatform;
}

/** Deploys workloads. Each may depend on the endpoints of the previous ones. */
export async function deploy(
  workloads: readonly (Workload | ((before: Endpoint[]) => Workload))[],
  args: Partial<DockerPlatformArgs> = {},
  options: MockOptions = {},
): Promise<Deployed> {
  const endpoints: Endpoint[] = [];
  const probed: ReadinessRequest[] = [];
  const waitUntilReady = async (request: ReadinessRequest): Promise<boolean> => {
    probed.push(request);
    return true;
  };
  const platforms: DockerPlatform[] = [];
  const thrown: unknown[] = [];
  const done = await run(() => {
    const platform = new DockerPlatform('docker', { stack: 'test', waitUntilReady, ...args });
    platforms.push(platform);
    const parent = new Component();
    try {
      for (const workload of workloads) {
        const given = typeof workload === 'function' ? workload(endpoints) : workload;
        endpoints.push(platform.deploy(given, { parent }));
      }
    } catch (error) {
      // Thrown after the previous resources are registered. Otherwise these would use the mocks of
      // the next test.
      thrown.push(error);
    }
    return platform.hostListenAddress;
  }, options);
  if (thrown.length > 0) throw thrown[0];
  const container = (name: string): Registered => done.get('Container', name);
  return {
    ...done,
    endpoints,
    probed,
    container: (name) => container(name).inputs,
    after: (name) =>
      (container(name).opts.dependsOn as unknown as { __name: string }[]).map((r) => r.__name),
    platform: platforms[0] as DockerPlatform,
  };
}

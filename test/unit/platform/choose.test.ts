import { expect, it } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { choosePlatform, type Transforms } from '../../../components/platform/choose';
import { run, type Run } from '../../lib/mocks';
import { parse } from '../../lib/pulumi-config';
import { plain } from '../../lib/workloads';

class Component extends pulumi.ComponentResource {
  constructor() {
    super('test:index:Component', 'component');
  }
}

const transforms: Transforms = {
  container: (name, args) => ({ ...args, shmSize: name === 'web' ? 64 : 0 }),
  pod: (name, pod) => ({ ...pod, priorityClassName: `${name}-class` }),
};

const deployed = (
  platform: 'docker' | 'kubernetes',
  ...given: [] | [Transforms]
): Promise<Run<void>> =>
  run(async () => {
    const chosen = await choosePlatform(parse({ platform }, { stack: 'test' }), ...given);
    chosen.deploy(plain, { parent: new Component() });
  });

it('Docker uses the result of a container transform', async () => {
  const { get } = await deployed('docker', transforms);
  expect(get('Container', 'web').inputs).toMatchObject({ shmSize: 64, user: '1000:1000' });
});

it('Kubernetes uses the result of a pod transform', async () => {
  const { get } = await deployed('kubernetes', transforms);
  expect(get('Deployment', 'web').inputs).toMatchObject({
    spec: { template: { spec: { priorityClassName: 'web-class', serviceAccountName: 'web' } } },
  });
});

it('nothing changes without a transform', async () => {
  const docker = await deployed('docker');
  expect(docker.get('Container', 'web').inputs).not.toHaveProperty('shmSize');
  const kubernetes = await deployed('kubernetes');
  expect(kubernetes.get('Deployment', 'web').inputs).toMatchObject({
    spec: { template: { spec: { priorityClassName: 'audifi-monitoring' } } },
  });
});

import { expect, it } from '@jest/globals';
import { z } from 'zod';
import main from '../../index';
import { settingsSchema } from '../../components/settings/schema';
import { unwrap } from '../../components/settings/schema-walk';
import { run } from '../lib/mocks';

/** The groups of settings with this key, e.g. `prometheus` for `prometheus.cpus`. */
const groupsWith = (key: string): string[] =>
  Object.entries(settingsSchema.shape).flatMap(([group, schema]) => {
    const inner = unwrap(schema);
    return inner instanceof z.ZodObject && key in inner.shape ? [group] : [];
  });

/** A limit of its own for each group, so that none can pass for another. */
const cpus = new Map(groupsWith('cpus').map((group, i) => [group, (i + 31) / 10]));
const memory = new Map(groupsWith('memory').map((group, i) => [group, 3_001 + i]));

const config = (platform: string): Record<string, string> => {
  const groups = new Set([...cpus.keys(), ...memory.keys()]);
  const limits = [...groups].map((group): [string, object] => [
    group,
    {
      ...(cpus.has(group) && { cpus: cpus.get(group) }),
      ...(memory.has(group) && { memory: `${memory.get(group)}MiB` }),
    },
  ]);
  const store =
    platform === 'docker'
      ? { store: 'filesystem' }
      : { store: 's3', s3: { bucket: 'audifi-metrics', region: 'eu-west-1' } };
  const all: Record<string, object> = Object.fromEntries(limits);
  return {
    platform,
    alerts: '{"acceptGaps":true}',
    referenceApp: 'false',
    ...Object.fromEntries(
      Object.entries({ ...all, longTerm: { ...all['longTerm'], ...store } }).map(([key, value]) => [
        key,
        JSON.stringify(value),
      ]),
    ),
  };
};

it('there are CPU limits to set', () => {
  expect([...cpus.keys()]).toEqual(expect.arrayContaining(['prometheus', 'loki', 'logs']));
});

/** The service that a group of settings limits. */
const serviceOf = (group: string): string => (group === 'logs' ? 'promtail' : group);

it('on Docker, every CPU and memory limit reaches a container', async () => {
  const { ofType } = await run(main, { config: config('docker') });
  const found = ofType('Container').map(({ inputs }) => inputs);
  for (const [group, cores] of cpus) {
    const limited = found.filter((inputs) => Number(inputs['cpus']) === cores);
    expect([group, limited.map(({ name }) => name)]).toEqual([
      group,
      [`audifi-dev-${serviceOf(group)}`],
    ]);
  }
  for (const [group, mebibytes] of memory) {
    expect([group, found.some((inputs) => inputs['memory'] === mebibytes)]).toEqual([group, true]);
  }
});

interface Controller {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: Container[] } } };
}
interface Container {
  readonly name: string;
  readonly resources: { readonly limits: { readonly cpu: string; readonly memory: string } };
}

it('on Kubernetes, every CPU and memory limit reaches a container of a pod', async () => {
  const { resources } = await run(main, { stack: 'prod', config: config('kubernetes') });
  const found = resources
    .filter(({ type }) => /:(StatefulSet|Deployment|DaemonSet)$/.test(type))
    .flatMap(({ inputs }) => (inputs as unknown as Controller).spec.template.spec.containers);
  for (const [group, cores] of cpus) {
    const limited = found.filter(({ resources: { limits } }) => limits.cpu === `${cores * 1000}m`);
    expect([group, limited.map(({ name }) => name)]).toEqual([group, [serviceOf(group)]]);
  }
  for (const [group, mebibytes] of memory) {
    const limits = found.map((container) => container.resources.limits.memory);
    expect([group, limits]).toEqual([group, expect.arrayContaining([`${mebibytes}Mi`])]);
  }
});

it('Promtail has as many threads as cores, rounded up', async () => {
  for (const [cores, threads] of [
    [0.5, '1'],
    [2, '2'],
    [2.5, '3'],
  ] as const) {
    const { ofType } = await run(main, {
      config: { platform: 'docker', logs: JSON.stringify({ cpus: cores }) },
    });
    const promtail = ofType('Container').find(
      ({ inputs }) => inputs['name'] === 'audifi-dev-promtail',
    );
    expect(promtail?.inputs['envs']).toContain(`GOMAXPROCS=${threads}`);
  }
});

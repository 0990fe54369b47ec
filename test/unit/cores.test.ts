import { expect, it } from '@jest/globals';
import { limitsAboveCores, refusedLimits } from '../../scripts/cores';
import { OperatorError } from '../../scripts/operator-error';

const file = (config: object) => ({
  config: Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`audifi-observability:${key}`, value as unknown]),
  ),
});

it('CPU limits above the cores of the Docker engine are refused with a command that works', () => {
  const large = file({ prometheus: { cpus: 4 }, loki: { cpus: 2.5 } });
  expect(limitsAboveCores(large, 2)).toEqual([
    'prometheus.cpus is 4, but Docker has 2 cores here and refuses a higher limit.\n' +
      'Example: pulumi config set --path prometheus.cpus 2',
    'loki.cpus is 2.5, but Docker has 2 cores here and refuses a higher limit.\n' +
      'Example: pulumi config set --path loki.cpus 2',
  ]);
  expect(limitsAboveCores(large, 4)).toEqual([]);
  expect(limitsAboveCores(file({}), 1)).toEqual([]);
});

it('a cluster has cores of its own', () => {
  expect(limitsAboveCores(file({ platform: 'kubernetes', prometheus: { cpus: 4 } }), 2)).toEqual(
    [],
  );
});

// `make doctor` of a stack in a cluster works on a machine without Docker.
it('a missing docker command is an error for the operator', async () => {
  const without = refusedLimits({ ...file({}), path: '', text: '' }, { PATH: '/nowhere' });
  await expect(without).rejects.toThrow(OperatorError);
  await expect(without).rejects.toThrow(/^docker is not installed: https:/);
});

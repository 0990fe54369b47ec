import { expect, it } from '@jest/globals';
import type { Change } from '../../../scripts/changes/change';
import { summarise } from '../../../scripts/changes/summary';

/** The claim of Prometheus, in the namespace that the stack had and in the one that it gets. */
const claim = (...[was, now]: readonly [string, string]): Change => {
  const inputs = (namespace: string) => ({
    metadata: { name: 'data-prometheus-0', namespace },
    spec: { resources: { requests: { storage: '10Gi' } } },
  });
  return {
    ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: 'prometheus-data-0' },
    ...{ op: was === now ? 'update' : 'replace', old: inputs(was), new: inputs(now) },
  };
};

it('says that the data stays behind if the namespace changes', () => {
  const retention = summarise([claim('monitoring', 'observability')]).find(
    ({ title }) => title === 'Retention',
  );
  expect(retention?.lines).toEqual([
    '! volume prometheus-data-0 starts empty; its data stays in monitoring',
  ]);
  expect(summarise([claim('monitoring', 'monitoring')])).toEqual([]);
});

import { describe, expect, it } from '@jest/globals';
import type { Change, Inputs } from '../../../scripts/changes/change';
import { lines, onDocker, onKubernetes } from '../../lib/changes';

describe('retention', () => {
  it('lists metrics, logs and traces', () => {
    const prometheus = (time: string): Inputs => ({
      command: ['--config.file=/x', `--storage.tsdb.retention.time=${time}`],
    });
    const loki = (period: string): object => ({
      limits_config: {
        retention_period: '14d',
        retention_stream: [{ selector: '{level="error"}', period }],
      },
    });
    const jaeger = (spans: string): object => ({
      extensions: { jaeger_storage: { backends: { main: { badger: { ttl: { spans } } } } } },
    });
    const metrics: Change = {
      ...{ type: 'docker:index/container:Container', name: 'prometheus', op: 'replace' },
      ...{ old: prometheus('15d'), new: prometheus('30d') },
    };
    expect(
      lines(
        'Retention',
        ...[metrics, onDocker(loki('90d'), loki('30d'), '/etc/loki/loki.yaml')],
        onKubernetes(jaeger('604800s'), jaeger('36000s')),
      ),
    ).toEqual([
      '~ prometheus retention.time 15d → 30d',
      '~ logs {level="error"} 90d → 30d',
      '~ traces 7d → 10h',
    ]);
  });

  it('lists a volume once for all instances', () => {
    const claim = (storage: string): Inputs => ({ spec: { resources: { requests: { storage } } } });
    const changes = [0, 1].map((ordinal): Change => ({
      ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: `loki-data-${ordinal}` },
      ...{ op: 'update', old: claim('10Gi'), new: claim('20Gi') },
    }));
    expect(lines('Retention', ...changes)).toEqual(['~ volume loki-data 10Gi → 20Gi']);
  });
});

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
      '~ logs {level="error"} 90d → 30d: older data is deleted',
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
    const gone = changes.map((change): Change => ({ ...change, op: 'delete', new: undefined }));
    expect(lines('Retention', ...gone)).toEqual(['- volume loki-data 10Gi: its data is kept']);
  });

  it('says what a shorter time means for existing data', () => {
    const jaeger = (settings: object): object => ({
      extensions: { jaeger_storage: { backends: { main: settings } } },
    });
    const span = (age: string): object => jaeger({ opensearch: { max_span_age: age } });
    const table = (age: string): object => jaeger({ cassandra: { schema: { trace_ttl: age } } });
    const flag = (name: string, was: string, now: string): Change => ({
      ...{ type: 'docker:index/container:Container', name: 'thanos-compactor', op: 'replace' },
      old: { command: [`--retention.resolution-${name}=${was}`] },
      new: { command: [`--retention.resolution-${name}=${now}`] },
    });
    const found = [
      ...lines('Retention', flag('raw', '720h', '240h')),
      ...lines('Retention', flag('5m', '0d', '240h')),
      ...lines('Retention', flag('1h', '240h', '0d')),
      ...lines('Retention', onDocker(span('604800s'), span('86400s'))),
      ...lines('Retention', onDocker(table('604800s'), table('86400s'))),
    ];
    expect(found).toEqual([
      '~ thanos-compactor retention.resolution-raw 720h → 240h: older data is deleted',
      '~ thanos-compactor retention.resolution-5m 0d → 240h: older data is deleted',
      '~ thanos-compactor retention.resolution-1h 240h → 0d',
      '~ traces 7d → 1d: older traces are no longer found',
      '~ traces 7d → 1d',
    ]);
  });

  it('says that another store starts empty', () => {
    const loki = (kind: string, storage: object): object => ({
      common: { storage },
      schema_config: { configs: [{ object_store: kind }] },
    });
    const s3 = (bucketnames: string): object => loki('s3', { s3: { bucketnames } });
    const local = loki('filesystem', { filesystem: {} });
    const jaeger = (settings: object): object => ({
      extensions: { jaeger_storage: { backends: { main: settings } } },
    });
    const badger = jaeger({ badger: { ttl: { spans: '604800s' } } });
    const search = jaeger({ opensearch: { max_span_age: '604800s' } });
    const indices = (prefix: string): object =>
      jaeger({ opensearch: { indices: { index_prefix: prefix } } });
    const found = [
      [local, s3('logs')],
      [s3('logs'), s3('more')],
      [s3('logs'), s3('logs')],
      [badger, search],
      [indices('a'), indices('b')],
    ].flatMap(([was, now]) => lines('Retention', onDocker(was, now)));
    expect(found).toEqual([
      '~ logs store filesystem → s3 logs: starts empty',
      '~ logs store s3 logs → s3 more: starts empty',
      '~ traces store badger → opensearch: starts empty',
      '~ traces store opensearch a → opensearch b: starts empty',
    ]);
  });

  it('lists the share of traces that is kept', () => {
    const share = (percentage: number): object => ({
      ...{ type: 'probabilistic', probabilistic: { sampling_percentage: percentage } },
    });
    const sampling = (rest: number, api: number): object => ({
      processors: {
        tail_sampling: {
          policies: [
            {
              name: 'share-api',
              type: 'and',
              and: { and_sub_policy: [{ name: 's' }, share(api)] },
            },
            { name: 'share-rest', ...share(rest) },
          ],
        },
      },
    });
    expect(lines('Retention', onDocker(sampling(10, 100), sampling(5, 50)))).toEqual([
      '~ traces sampled (share-api) 100% → 50%',
      '~ traces sampled (share-rest) 10% → 5%',
    ]);
  });

  it('lists volumes that are removed or replaced', () => {
    const volume = (op: Change['op'], was: string, now?: string): Change => ({
      ...{ type: 'docker:index/volume:Volume', name: 'loki-data', op, old: { name: was } },
      ...(now === undefined ? {} : { new: { name: now } }),
    });
    const claim = (namespace: string): Inputs => ({ metadata: { name: 'data-loki-0', namespace } });
    const moved: Change = {
      ...{ type: 'kubernetes:core/v1:PersistentVolumeClaim', name: 'loki-data-0', op: 'replace' },
      ...{ old: claim('a'), new: claim('b') },
    };
    expect(lines('Retention', volume('delete', 'dev-loki'))).toEqual([
      '- volume loki-data: its data is kept',
    ]);
    expect(lines('Retention', volume('replace', 'dev-loki', 'prod-loki'), moved)).toEqual([
      '~ volume loki-data dev-loki → prod-loki: starts empty; the old data is kept',
      '~ volume loki-data a/data-loki-0 → b/data-loki-0: starts empty; the old data is kept',
    ]);
    // Another label. The engine gives the same volume again.
    expect(lines('Retention', volume('replace', 'dev-loki', 'dev-loki'))).toEqual([]);
  });
});

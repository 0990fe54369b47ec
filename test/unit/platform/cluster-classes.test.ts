import { describe, expect, it } from '@jest/globals';
import { clusterProblems } from '../../../components/platform/cluster-check';
import { classNote, classWarning } from '../../../components/platform/cluster-classes';
import { stateOf } from '../../../components/platform/cluster-state';
import { sizedVolumes } from '../../../components/platform/volumes-config';
import { parse, stackConfig, type Tree } from '../../lib/pulumi-config';
import { claim, classes, type Objects } from './cluster-fixtures';

describe('the storage class of new claims', () => {
  const warning = (tree: Tree, objects: Objects): string | undefined => {
    const config = stackConfig(
      { platform: 'kubernetes', ...tree },
      { stack: 'prod', secretKeys: [] },
    );
    return classWarning(parse(config.tree, config), stateOf(objects));
  };
  const set = (storageClass: string): Tree => ({ kubernetes: { storageClass } });
  const mark = 'storageclass.kubernetes.io/is-default-class';
  const usual = {
    kind: 'StorageClass',
    metadata: { name: 'usual', annotations: { [mark]: 'true' } },
  };
  const all = sizedVolumes(
    parse(stackConfig({ platform: 'kubernetes' }, { stack: 'prod', secretKeys: [] }).tree),
  );

  it('is the default one, or one that the cluster has', () => {
    expect(warning({}, [...classes, usual])).toBeUndefined();
    expect(warning(set('growing'), classes)).toBeUndefined();
  });

  it('is warned about if there is no such class', () => {
    expect(warning(set('gone'), [...classes, usual])).toMatch(
      /storageClass is gone, which the cluster does not have\. The pods of prometheus, .* wait/,
    );
    const unmarked = { ...usual, metadata: { name: 'usual', annotations: { [mark]: 'false' } } };
    expect(warning({}, [unmarked])).toMatch(/no default storage class.*\n.*storageClass usual/);
    expect(warning({}, [])).toContain('Storage classes of the cluster: none');
  });

  it('does not matter for claims that exist', () => {
    const claims = all.map(({ volume, workload }) => claim(`${volume}-${workload}-0`, '1Gi'));
    expect(warning(set('gone'), claims)).toBeUndefined();
    expect(warning(set('gone'), claims.slice(1))).toContain(`The pods of ${all[0]?.workload} will`);
    expect(warning({ ...set('gone'), prometheus: { replicas: 2 } }, claims)).toMatch(
      /The pods of prometheus will wait/,
    );
    // The claim of another workload, whose name begins with the same word.
    const other = claim(`${all[0]?.volume}-${all[0]?.workload}-old-0`, '1Gi');
    expect(warning(set('gone'), [...claims.slice(1), other])).toBeDefined();
  });

  it('matters for a claim that waits for it', () => {
    const claims = (storageClass?: string) =>
      all.map(({ volume, workload }, i) => ({
        ...claim(`${volume}-${workload}-0`, '1Gi', { phase: i === 0 ? 'Pending' : 'Bound' }),
        ...(i === 0 && { spec: { storageClassName: storageClass } }),
      }));
    const pods = `The pods of ${all[0]?.workload} will wait`;
    expect(warning({}, claims())).toContain(pods);
    expect(warning(set('gone'), claims())).toContain(pods);
    expect(warning(set('gone'), claims('gone'))).toContain(pods);
    expect(warning({}, [...claims(), usual])).toBeUndefined();
  });

  it('is shown by an example for databases, which shared files are not for', () => {
    const named = (name: string, provisioner: string, allowVolumeExpansion = true) => ({
      ...{ kind: 'StorageClass', metadata: { name }, provisioner, allowVolumeExpansion },
    });
    const cluster = [
      named('efs-sc', 'efs.csi.aws.com'),
      named('local', 'kubernetes.io/no-provisioner', false),
      named('gp2', 'kubernetes.io/aws-ebs', false),
      named('gp3', 'ebs.csi.aws.com'),
    ];
    expect(warning({}, cluster)).toMatch(
      /cluster: gp3, gp2, efs-sc, local\. Example: .*storageClass gp3$/,
    );
  });
});

describe('a claim that has no volume yet', () => {
  const waiting = (storageClass: string, ordinal = 0) =>
    claim(`data-prometheus-${ordinal}`, '50Gi', { phase: 'Pending', storageClass });
  const found = (kubernetes: Tree, ...claims: readonly object[]) => {
    const tree = {
      platform: 'kubernetes',
      kubernetes,
      prometheus: { storage: '50GiB', replicas: 2 },
    };
    const config = stackConfig(tree, { stack: 'prod', secretKeys: [] });
    return clusterProblems(parse(config.tree, config), stateOf([...classes, ...claims] as Objects));
  };

  it('may wait for the class in the settings, or for a volume of an administrator', () => {
    expect(found({ storageClass: 'growing' }, waiting('growing'), waiting('', 1))).toEqual([]);
    expect(found({ storageClass: 'gone' }, waiting('gone'))).toEqual([]);
    expect(found({}, waiting('fixed'))).toEqual([]);
    expect(found({ storageClass: 'growing' }, waiting('fixed', 2))).toEqual([]);
    const bound = claim('data-prometheus-0', '50Gi', { storageClass: 'fixed' });
    expect(found({ storageClass: 'growing' }, bound)).toEqual([]);
  });

  it('is deleted if it waits for another class', () => {
    const [problem, ...others] = found({ storageClass: 'growing' }, waiting('fixed'));
    expect(others).toEqual([]);
    expect(problem?.key).toBe('kubernetes.storageClass');
    expect(problem?.what).toMatch(
      /^is growing, but the claim data-prometheus-0 waits for a volume of the class "fixed"\. /,
    );
    // The StatefulSet would create it again, with the old class.
    expect(problem?.fix).toBe(
      'kubectl --namespace monitoring delete statefulset/prometheus pvc/data-prometheus-0 ' +
        '--cascade=orphan --ignore-not-found',
    );
  });

  it('is deleted if the cluster does not have its class', () => {
    const [problem] = found({ context: 'eks' }, waiting('gone'), waiting('gone', 1));
    expect(problem?.what).toMatch(/^is not set, but the claims data-prometheus-0, .*-1 wait for /);
    expect(problem?.fix).toMatch(/^kubectl --context eks .* pvc\/data-prometheus-1 /);
  });
});

describe('a storage class that is set later', () => {
  const note = (tree: Tree, objects: Objects): string | undefined => {
    const config = stackConfig(
      { platform: 'kubernetes', ...tree },
      { stack: 'prod', secretKeys: [] },
    );
    return classNote(parse(config.tree, config), stateOf(objects));
  };
  const set: Tree = { kubernetes: { storageClass: 'growing' } };
  const moved = claim('data-loki-0', '1Gi', { storageClass: 'growing' });

  it('is for new claims, and the others are named', () => {
    const old = [claim('data-jaeger-0', '1Gi'), claim('data-prometheus-0', '1Gi')];
    expect(note(set, [...classes, ...old, moved])).toMatch(
      /storageClass is growing.* keep their class \(fixed\) and their data: data-prometheus-0, data-jaeger-0\. /,
    );
  });

  it('needs no note if no volume has another class', () => {
    const waits = claim('data-jaeger-0', '1Gi', { phase: 'Pending' });
    const ofOthers = claim('data-postgres-0', '1Gi');
    expect(note(set, [...classes, moved, waits, ofOthers])).toBeUndefined();
    expect(note({}, [...classes, claim('data-jaeger-0', '1Gi')])).toBeUndefined();
  });
});

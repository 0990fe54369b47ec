import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../settings';
import type { Refused } from '../settings/check';
import { commandOf, keyOf, setFix } from '../settings/commands';
import { SettingsError } from '../settings/errors';
import { discoveredNamespaces } from '../settings/targets';
import { StackError } from '../stack-error';
import { claimsOf, requestedMiB, resizeProblem } from './cluster-claims';
import { classNote, classProblems, classWarning } from './cluster-classes';
import { ownerOf } from './cluster-labels';
import { type ClusterState, readCluster } from './cluster-state';
import { type SizedVolume, sizedVolumes } from './volumes-config';

/**
 * Reads the cluster. Rejects a stack that would take over a namespace that is not its own, that
 * discovers pods in a namespace that does not exist, whose node exporter needs a port that another
 * stack uses, or that has volumes that cannot get the sizes or the storage class in the settings.
 * Warns if claims may get no volume, and says which ones keep another class.
 *
 * Throws `SettingsError` with all problems, before any resource is registered. If the cluster does
 * not answer, an update fails and a preview only warns.
 *
 * @returns the state of the cluster; undefined without an engine (rendering, tests), or if the
 *   cluster does not answer
 */
export async function checkCluster(settings: Settings): Promise<ClusterState | undefined> {
  if (pulumi.runtime.getEngine() === undefined) return undefined;
  const state = await read(settings);
  const problems = state === undefined ? [] : clusterProblems(settings, state);
  if (problems.length > 0) throw new SettingsError(settings.stack, problems);
  if (state === undefined) return undefined;
  const [warning, note] = [classWarning(settings, state), classNote(settings, state)];
  if (warning !== undefined) void pulumi.log.warn(warning);
  if (note !== undefined) void pulumi.log.info(note);
  return state;
}

async function read({ kubernetes }: Settings): Promise<ClusterState | undefined> {
  try {
    return await readCluster(kubernetes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what =
      `The cluster cannot be read: ${why}. This program uses kubectl to find out whether the ` +
      'namespaces are its own and how large the volumes are.';
    if (!pulumi.runtime.isDryRun()) {
      throw new StackError(
        `${what} Nothing was changed.\n` +
          '  kubectl: https://kubernetes.io/docs/tasks/tools/\n' +
          '  Rights that it needs: list namespaces, storageclasses and persistentvolumeclaims',
      );
    }
    void pulumi.log.warn(`${what} This preview does not take the cluster into account.`);
    return undefined;
  }
}

/** The command that reaches the cluster of the settings. */
const kubectlOf = ({ context }: Settings['kubernetes']): string =>
  context === undefined ? 'kubectl' : `kubectl --context ${context}`;

/** Everything in a cluster that prevents this stack, as settings to change. Pure. */
export function clusterProblems(settings: Settings, state: ClusterState): Refused[] {
  return [
    ...namespaceProblems(settings, state),
    ...missingNamespaces(settings, state),
    ...nodeExporterProblem(settings, state),
    ...classProblems(settings, state),
    ...sizedVolumes(settings).flatMap((volume) => [
      ...deletedClaims(volume, settings, state),
      ...sizeProblem(volume, state),
    ]),
  ];
}

/**
 * Claims that somebody has deleted. The cluster keeps them as long as their pods run, so this is
 * the last moment to keep the data.
 */
function deletedClaims(
  volume: SizedVolume,
  { kubernetes }: Settings,
  state: ClusterState,
): Refused[] {
  const kubectl = kubectlOf(kubernetes);
  return claimsOf(volume, state)
    .filter(([, { isBeingDeleted }]) => isBeingDeleted === true)
    .map(([name, claim]) => ({
      key: keyOf(volume.setting),
      what:
        `the claim ${name} was deleted by hand, and its data is lost as soon as its pod stops. ` +
        'Keep the volume, then follow docs/kubernetes.md#a-deleted-claim',
      fix: `${kubectl} patch pv ${claim.volume ?? '<volume>'} --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    }));
}

function namespaceProblems({ stack, kubernetes }: Settings, state: ClusterState): Refused[] {
  const { namespace, adoptNamespace } = kubernetes;
  return [namespace, `${namespace}-host`].flatMap((name): Refused[] => {
    const live = state.namespaces.get(name);
    if (live === undefined) return [];
    const problem = (what: string, fix?: string): Refused[] => [
      {
        ...{ key: 'kubernetes.namespace', what: `${name} ${what}` },
        fix: fix ?? commandOf(setFix(['kubernetes', 'namespace'], `audifi-${stack}`)),
      },
    ];
    if (live.isBeingDeleted) {
      const wait = `${kubectlOf(kubernetes)} wait --for=delete namespace/${name} --timeout=10m`;
      return problem('is being deleted: wait until it is gone', wait);
    }
    const owner = ownerOf(live.labels, stack);
    if (owner === stack || (owner === undefined && adoptNamespace)) return [];
    if (owner !== undefined) {
      return problem(
        `belongs to the stack "${owner}", and two stacks cannot share a namespace. If "${stack}" is ` +
          'the new name of that stack, read docs/backup.md#renaming-a-stack instead',
      );
    }
    return problem(
      'exists, and this stack did not create it: the network policies would cut off its other ' +
        'pods. Choose another name, or accept this with kubernetes.adoptNamespace',
    );
  });
}

/**
 * Reports namespaces in which the stack discovers AudiFi's pods and that do not exist: creating a
 * Role there would fail. The stack's own namespaces are not reported, because `up` creates them.
 */
function missingNamespaces(settings: Settings, { namespaces }: ClusterState): Refused[] {
  const { targets, kubernetes } = settings;
  const { namespace: own } = kubernetes;
  const exists = (name: string): boolean =>
    namespaces.has(name) || [own, `${own}-host`].includes(name);
  const kubectl = kubectlOf(kubernetes);
  return [...discoveredNamespaces(settings)]
    .filter(([name]) => !exists(name))
    .map(([name, job]) => ({
      key: keyOf(
        targets[job]?.kubernetes?.namespace === undefined
          ? ['kubernetes', 'appNamespace']
          : ['targets', job, 'kubernetes', 'namespace'],
      ),
      what: `is ${name}, but the cluster has no such namespace: pods of ${job} are discovered there`,
      fix: `${kubectl} create namespace ${name}`,
    }));
}

/** Two node exporters cannot listen on one port of a node: the pods of the second never start. */
function nodeExporterProblem({ stack, nodeExporter }: Settings, state: ClusterState): Refused[] {
  const { enabled, port } = nodeExporter;
  const taken = state.nodePorts.find((used) => used.port === port && used.stack !== stack);
  if (!enabled || taken === undefined) return [];
  const { stack: other = 'unknown', namespace } = taken;
  return [
    {
      key: keyOf(['nodeExporter', 'enabled']),
      what:
        `must be false: port ${port} of every node belongs to the stack "${other}" (namespace ` +
        `${namespace}), which measures the same nodes. To measure them twice, set another nodeExporter.port`,
      fix: commandOf(setFix(['nodeExporter', 'enabled'], 'false')),
    },
  ];
}

/**
 * Reports claims that cannot get the size in the settings. A claim that is larger than the setting
 * is accepted in two cases: the claim of another instance is not larger than the setting, or the
 * size includes the queues for forwarding, which may need less space than before.
 */
function sizeProblem(volume: SizedVolume, state: ClusterState): Refused[] {
  const { setting, sizeMiB, addedMiB } = volume;
  const found = claimsOf(volume, state);
  const smallest = Math.min(...found.map(([, claim]) => requestedMiB(claim)));
  const mayBeLarger = sizeMiB >= smallest || addedMiB !== undefined;
  const refused = found.flatMap(([name, claim]) => {
    const why = resizeProblem(sizeMiB, claim, state);
    const stays = mayBeLarger && requestedMiB(claim) > sizeMiB;
    return why === undefined || stays ? [] : [{ name, claim, why }];
  });
  const [first] = refused;
  if (first === undefined) return [];
  const names = refused.map(({ name }) => name).join(', ');
  const has = refused.length > 1 ? `claims ${names} have` : `claim ${names} has`;
  const queues = (addedMiB ?? 0) > 0 ? `with ${sizeText(addedMiB ?? 0)} for forwarding ` : '';
  const what = `${queues}is ${sizeText(sizeMiB)}, but the ${has} ${first.claim.request} ${first.why}`;
  const fits = Math.ceil(smallest) - (addedMiB ?? 0);
  // 128 MiB is the smallest size that the setting accepts.
  const fix =
    addedMiB !== undefined && fits < 128
      ? setFix(['forwarding', 'queue'], '16MiB')
      : setFix(setting, sizeText(fits));
  return [{ key: keyOf(setting), what, fix: commandOf(fix) }];
}

const sizeText = (mebibytes: number): string =>
  mebibytes % 1024 === 0 ? `${mebibytes / 1024}GiB` : `${mebibytes}MiB`;

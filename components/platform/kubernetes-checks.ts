import type { Workload } from '../workload';
import { partsOf } from './instances';
import { podVariables } from './kubernetes-container';
import { fileProblems } from './kubernetes-files';
import { podProblems } from './kubernetes-pod';
import { connectionProblems, type Placed } from './kubernetes-policy';

/** Problems of a workload that is valid on Docker but not here, as sentences for a developer. */
export function clusterProblems(
  workload: Workload,
  deployed: ReadonlyMap<string, Placed>,
): string[] {
  const { name, env } = workload;
  return [
    ...podProblems(workload),
    ...partsOf(workload).flatMap(({ spec }) => fileProblems(spec.files ?? [])),
    ...connectionProblems(workload, deployed),
    // A StatefulSet puts its name and an 11-character hash into a label, which is limited to 63
    // characters.
    ...(name.length > 52 ? ['has a name of more than 52 characters'] : []),
    ...podVariables(workload)
      .filter((variable) => env?.[variable.name] !== undefined)
      .map((variable) => `sets ${variable.name}, which Kubernetes sets itself`),
  ];
}

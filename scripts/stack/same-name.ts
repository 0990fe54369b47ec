import { at } from '../../policy/values';
import { listOf } from '../changes/change';
import { stackLabel } from '../docker';
import { OperatorError } from '../operator-error';

/** A resource in the state of a stack. */
export interface Known {
  readonly type: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

/** A `make` command on a stack. */
interface Asked {
  readonly command: string;
  readonly stack: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Label of a stack's namespaces (cluster-labels.ts). Its value is the stack's name. */
export const instanceLabel = 'app.kubernetes.io/instance';

/** Objects that tell whose stack they are, and that a stack with volumes always has. */
const labelled = {
  'docker:index/volume:Volume': 'volumes',
  'kubernetes:core/v1:Namespace': 'namespaces',
} as const;

/** `RENAMED_FROM=dev`: the operator knows what the new name of the stack `dev` means. */
export const renamedFrom = (env: NodeJS.ProcessEnv): string | undefined =>
  env['RENAMED_FROM'] || undefined;

/**
 * Refuses to work with a state whose objects were created for a stack of another name, because that
 * stack was renamed (`pulumi stack rename`). On Docker, all volumes would start empty.
 *
 * @param resources of the state before the command
 */
export function assertSameName({ command, stack, env }: Asked, resources: readonly Known[]): void {
  for (const resource of resources) {
    const former = stackOf(resource);
    if (former === undefined || former === stack || former === renamedFrom(env)) continue;
    const onDocker = resource.type === 'docker:index/volume:Volume';
    throw new OperatorError(
      `the ${labelled[resource.type as keyof typeof labelled]} of the stack "${stack}" belong to the ` +
        `stack "${former}", as it was called before (pulumi stack rename). ` +
        (onDocker
          ? 'Their names contain the name of the stack, so all volumes would start empty; the old ones stay. '
          : 'All pods would be replaced, and a bucket in longTerm would start with an empty folder ' +
            `(audifi-${stack}); volumes and the old folder stay. `) +
        'Nothing was changed.\n' +
        '  To give the stack its old name again:\n' +
        `    make pulumi STACK=${stack} ARGS="stack rename ${former}"\n` +
        '  To go on with the new name, read docs/backup.md#renaming-a-stack, then:\n' +
        `    RENAMED_FROM=${former} make ${command} STACK=${stack}`,
    );
  }
}

/** The stack that an object was created for; undefined if it does not say so. */
function stackOf({ type, inputs, outputs }: Known): string | undefined {
  const names = [inputs, outputs].map((values) => {
    if (type === 'docker:index/volume:Volume') {
      const labels = listOf(at(values, 'labels'));
      return labels.find(({ label }) => label === stackLabel)?.['value'];
    }
    if (type === 'kubernetes:core/v1:Namespace') {
      return at(values, 'metadata', 'labels', instanceLabel);
    }
    return undefined;
  });
  return names.find((name) => typeof name === 'string');
}

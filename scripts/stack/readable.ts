import { keyOf } from '../../components/settings/commands';
import { OperatorError } from '../operator-error';
import { secretPaths } from '../stack-config';
import { projectName, type StackFile } from '../stack-files';

/**
 * Settings that make itself uses. With dummies for encrypted values, `make up` would end the
 * silences that exist, or look for the stack in another cluster.
 */
const used = [
  ['alertmanager', 'silences'],
  ['kubernetes', 'context'],
  ['kubernetes', 'namespace'],
] as const;

/** Refuses these settings if they have encrypted parts, before anything is changed. */
export function assertReadable(stack: string, { config }: Pick<StackFile, 'config'>): void {
  const encrypted = used.flatMap(([group, name]) =>
    secretPaths(config[`${projectName}:${group}`])
      .filter(([part]) => part === undefined || part === name)
      .map((path) => keyOf([group, ...path])),
  );
  if (encrypted.length === 0) return;
  throw new OperatorError(
    `Pulumi.${stack}.yaml: ${[...new Set(encrypted)].join(', ')} must not be encrypted, because make ` +
      'itself uses it and cannot decrypt it. Set it again without --secret. Nothing was changed.',
  );
}

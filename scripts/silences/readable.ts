import { keyOf } from '../../components/settings/commands';
import { OperatorError } from '../operator-error';
import { secretPaths } from '../stack-config';
import { projectName, type StackFile } from '../stack-files';

/**
 * Refuses silences with encrypted parts before anything is changed. `make up` creates silences
 * itself and cannot decrypt them, so it would end those that exist, or mute other alerts.
 */
export function assertSilencesReadable(stack: string, { config }: Pick<StackFile, 'config'>): void {
  const encrypted = secretPaths(config[`${projectName}:alertmanager`])
    .filter(([part]) => part === undefined || part === 'silences')
    .map((path) => keyOf(['alertmanager', ...path]));
  if (encrypted.length === 0) return;
  throw new OperatorError(
    `Pulumi.${stack}.yaml: ${encrypted.join(', ')} must not be encrypted, because make creates the ` +
      'silences and cannot decrypt them. Set it again without --secret. Nothing was changed.',
  );
}

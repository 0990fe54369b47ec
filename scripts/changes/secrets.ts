import { dockerContainer } from '../../policy/containers';
import { encrypted } from '../../policy/values';
import { canonical, type Change, hidesFiles, listOf, type Side } from './change';

const secretType = 'kubernetes:core/v1:Secret';

/** Services whose secret files change, by name. The files themselves are never shown. */
export function changedSecrets(changes: readonly Change[]): string[] {
  const services = changes.filter(hasChangedSecret).map(({ name }) => serviceOf(name));
  return [...new Set(services)];
}

/** Components name the resources with files after the service (components/platform). */
const serviceOf = (name: string): string => name.replace(/-(secret|files)$/, '');

function hasChangedSecret(change: Change): boolean {
  if (change.op !== 'update' && change.op !== 'replace') return false;
  if (change.type === secretType) return hasChangedData(change);
  return change.type === dockerContainer && change.new?.['start'] === false
    ? hasChangedFile(change)
    : false;
}

function hasChangedData({ op, old, new: now }: Change): boolean {
  const [was, is] = [old, now].map((inputs) => inputs?.['stringData'] ?? inputs?.['data']);
  if (canonical(was) !== canonical(is)) return true;
  // If hidden, both look the same. A Secret is immutable, so other content replaces it.
  return isHidden(is) && (op === 'replace' || canonical(old) === canonical(now));
}

const isHidden = (data: unknown): boolean =>
  data === encrypted || Object.values(data ?? {}).includes(encrypted);

function hasChangedFile(change: Change): boolean {
  if (hidesFiles(change)) return false;
  const secretFiles = (side: Side): unknown[] =>
    listOf(change[side]?.['uploads']).filter(({ permissions }) => permissions === '0400');
  const [was, now] = [secretFiles('old'), secretFiles('new')];
  // Secret files are left out (hidden.ts). If the container is replaced although nothing else
  // differs, one of these files has changed.
  return was.length + now.length === 0
    ? change.op === 'replace' && canonical(change.old) === canonical(change.new)
    : canonical(was) !== canonical(now);
}

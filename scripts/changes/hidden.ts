import { signature } from '../../policy/events';
import { type Change, hidesFiles, type Inputs } from './change';
import type { DeclaredResource } from './recorded';

/** A state, as `pulumi stack export --show-secrets` prints it. */
interface ExportedState {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly delete?: boolean;
      readonly inputs?: Inputs;
    }[];
  };
}

/**
 * Fills in files that the engine hides because one of them is a secret: those of the state,
 * decrypted, and those of the program, with dummy values for secrets. Files with mode 0400 are left
 * out, because they are the secrets.
 */
export function withHiddenFiles(
  changes: readonly Change[],
  state: ExportedState,
  declared: readonly DeclaredResource[],
): Change[] {
  return changes.map((change) => {
    if (!hidesFiles(change)) return change;
    const was = state.deployment?.resources?.find(
      ({ type, urn, delete: gone }) =>
        type === change.type && urn.endsWith(`::${change.name}`) && gone !== true,
    );
    const now = declared.find(({ type, name }) => type === change.type && name === change.name);
    return {
      ...change,
      old: change.old && withUploads(change.old, decrypted(was?.inputs?.['uploads'])),
      new: change.new && withUploads(change.new, now?.inputs['uploads']),
    };
  });
}

function withUploads(inputs: Inputs, uploads: unknown): Inputs {
  if (!Array.isArray(uploads)) return inputs;
  const plain = uploads.filter(
    (upload) => (upload as { permissions?: unknown } | null)?.permissions !== '0400',
  );
  return { ...inputs, uploads: plain };
}

/** A secret is stored as a JSON string. */
function decrypted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decrypted);
  if (signature in value) {
    const { plaintext } = value as { plaintext?: unknown };
    return typeof plaintext === 'string' ? decrypted(JSON.parse(plaintext)) : undefined;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner)]));
}

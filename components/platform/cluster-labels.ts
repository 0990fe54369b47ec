type Labels = Readonly<Record<string, string>>;

const partOf = 'app.kubernetes.io/part-of';
const instance = 'app.kubernetes.io/instance';

/** Labels of every object of this program. */
export const commonLabels: Labels = {
  [partOf]: 'audifi-observability',
  'app.kubernetes.io/managed-by': 'pulumi',
};

/** Labels of a stack's namespaces, by which the stack finds them again. */
export const namespaceLabels = (stack: string): Labels => ({ ...commonLabels, [instance]: stack });

/**
 * Name of the stack that a namespace belongs to. Earlier releases did not write it.
 *
 * @returns undefined if it belongs to no stack of this program
 */
export function ownerOf(labels: Labels, stack: string): string | undefined {
  if (labels[partOf] !== commonLabels[partOf]) return undefined;
  return labels[instance] ?? stack;
}

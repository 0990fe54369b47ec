type Labels = Readonly<Record<string, string>>;

const partOf = 'app.kubernetes.io/part-of';
/** Its value is the name of the stack. */
export const instanceLabel = 'app.kubernetes.io/instance';

/** Labels of every object of this program. */
export const commonLabels: Labels = {
  [partOf]: 'audifi-observability',
  'app.kubernetes.io/managed-by': 'pulumi',
};

/** Labels of a stack's namespaces, by which the stack finds them again. */
export const namespaceLabels = (stack: string): Labels => ({
  ...commonLabels,
  [instanceLabel]: stack,
});

/** Whether an object was created by this program, for any stack. */
export const isOurs = (labels: Labels): boolean => labels[partOf] === commonLabels[partOf];

/**
 * Name of the stack that a namespace belongs to. Earlier releases did not write it.
 *
 * @returns undefined if it belongs to no stack of this program
 */
export function ownerOf(labels: Labels, stack: string): string | undefined {
  if (!isOurs(labels)) return undefined;
  return labels[instanceLabel] ?? stack;
}

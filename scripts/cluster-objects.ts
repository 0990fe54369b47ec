import { inContext, kubectlText } from './kubectl';

/** Where a stack runs. */
export interface Place {
  /** Context of the kubeconfig. @default its current one */
  readonly context?: string;
  readonly namespace: string;
}

/**
 * Selects the stack's objects. The second label is needed because a Helm release in an adopted
 * namespace can have the same label `instance`.
 */
export const selectorOf = (stack: string): string =>
  `app.kubernetes.io/instance=${stack},app.kubernetes.io/part-of=audifi-observability`;

/**
 * Objects of the stack, of one or more kinds. Throws an OperatorError with what kubectl said.
 *
 * @param kinds as kubectl names them, e.g. `deployments,pods`
 */
export const objectsOf = <T>(
  kinds: string,
  stack: string,
  place: Place,
  env: NodeJS.ProcessEnv,
): Promise<T[]> => listed<T>([kinds, '--selector', selectorOf(stack)], place, env);

/** Events of the stack's namespaces with this reason. They have no labels. */
export const eventsOf = <T>(reason: string, place: Place, env: NodeJS.ProcessEnv): Promise<T[]> =>
  listed<T>(['events', '--field-selector', `reason=${reason}`], place, env);

async function listed<T>(
  what: readonly string[],
  { context, namespace }: Place,
  env: NodeJS.ProcessEnv,
): Promise<T[]> {
  const items = await Promise.all(
    [namespace, `${namespace}-host`].map(async (each) => {
      const text = await kubectlText(
        [
          ...inContext(context),
          ...['--namespace', each, 'get', ...what, '--output', 'json', '--request-timeout', '20s'],
        ],
        env,
      );
      return (JSON.parse(text) as { items: T[] }).items;
    }),
  );
  return items.flat();
}

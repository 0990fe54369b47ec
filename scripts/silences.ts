import { AlertmanagerClient } from './running/alertmanager';
import { reach, type Stack } from './running/reach';
import { type Plan, planSilences } from './silences/plan';

/**
 * Creates and expires silences in Alertmanager, so that they match the settings
 * (`alertmanager.silences`). The last step of `make up`. A second run changes nothing. The
 * instances of a cluster share silences.
 *
 * @returns a line for each silence; empty without silences
 * @throws OperatorError if Alertmanager does not respond or refuses a silence
 */
export async function applySilences({ stack, settings }: Stack): Promise<string> {
  const server = await reach({ stack, settings }, 'alertmanager');
  try {
    const alertmanager = new AlertmanagerClient(server);
    const plan = planSilences(
      settings.alertmanager.silences,
      await alertmanager.silences(),
      Date.now() / 1000,
    );
    for (const { silence } of plan.create) await alertmanager.create(silence);
    for (const { id } of plan.expire) await alertmanager.expire(id);
    return inWords(plan);
  } finally {
    server.close();
  }
}

/** One line for each silence. */
export function inWords({ create, expire, keep, past }: Plan): string {
  const replaced = new Set(create.map(({ name }) => name));
  const lines = [
    ...create.map(({ name, silence }) => `  ${name}: created, until ${silence.endsAt}`),
    ...keep.map((name) => `  ${name}: unchanged`),
    ...expire
      .filter(({ name }) => !replaced.has(name))
      .map(({ name }) => `  ${name}: ended, because the settings no longer have it`),
    ...past.map((name) => `  ${name}: over; remove it from alertmanager.silences`),
  ];
  return lines.length === 0 ? '' : `Silences:\n${lines.join('\n')}\n`;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertNames, type RunbookText, runbookText } from '../../rules';

const folder = join(__dirname, '..', '..', 'runbooks');

/** The parts of the runbooks that go into notifications, by alert name. Reads `runbooks/`. */
export const runbookTexts = (): Readonly<Record<string, RunbookText>> =>
  Object.fromEntries(alertNames.map((name) => [name, runbookText(pageOf(name))]));

/** Content of an alert's page. Throws if there is none. */
export function pageOf(alert: string): string {
  const path = join(folder, `${alert}.md`);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new Error(
    `the alert ${alert} has no runbook: write runbooks/${alert}.md with the same sections as the ` +
      'other pages',
  );
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertNames, type RunbookText, runbookText } from '../../rules';

const folder = join(__dirname, '..', '..', 'runbooks');

/** What of the runbooks travels with the alerts, by the alert's name. Reads the project's own pages. */
export const runbookTexts = (): Readonly<Record<string, RunbookText>> =>
  Object.fromEntries(
    alertNames.map((name) => [name, runbookText(readFileSync(join(folder, `${name}.md`), 'utf8'))]),
  );

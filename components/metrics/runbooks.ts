import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertNames, type RunbookText, runbookText } from '../../rules';

const folder = join(__dirname, '..', '..', 'runbooks');

/** The parts of the runbooks that go into notifications, by alert name. Reads `runbooks/`. */
export const runbookTexts = (): Readonly<Record<string, RunbookText>> =>
  Object.fromEntries(
    alertNames.map((name) => [name, runbookText(readFileSync(join(folder, `${name}.md`), 'utf8'))]),
  );

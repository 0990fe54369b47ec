import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertNames, type RunbookText, runbookText } from '../../rules';

const folder = join(__dirname, '..', '..', 'runbooks');

/** The parts of the runbooks that alerts carry, by alert name. Reads the project's runbooks. */
export const runbookTexts = (): Readonly<Record<string, RunbookText>> =>
  Object.fromEntries(
    alertNames.map((name) => [name, runbookText(readFileSync(join(folder, `${name}.md`), 'utf8'))]),
  );

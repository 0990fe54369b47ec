import { alertLines, recordingLines } from './alerts';
import { type Change, hidesFiles } from './change';
import { costLines } from './cost';
import { dashboardLines } from './dashboards';
import { jobLines } from './jobs';
import { notificationLines } from './notifications';
import { restartLines } from './restarts';
import { retentionLines } from './retention';

/** Lines about one topic. `+` means added, `-` removed, `~` changed. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Counts instead of lines, for a new stack: it would have hundreds of lines with `+`. */
function asCounts(sections: readonly Section[]): readonly Section[] {
  return sections
    .filter(({ title }) => title !== 'Not shown')
    .map(({ title, lines }) =>
      ['Retention', 'Cost'].includes(title)
        ? { title, lines }
        : { title, lines: [`+ ${lines.length}`] },
    );
}

export interface SummaryOptions {
  /** Whether nothing of the stack exists yet. @default false */
  readonly isNew?: boolean;
  /** Lines about silences, which are not resources. @default none */
  readonly silences?: readonly string[];
}

/** The changes that users of the stack and people on call notice. Empty if there are none. */
export function summarise(
  changes: readonly Change[],
  { isNew = false, silences = [] }: SummaryOptions = {},
): readonly Section[] {
  const sections = [
    { title: 'Alerts', lines: alertLines(changes) },
    { title: 'Notifications', lines: [...silences, ...notificationLines(changes)] },
    { title: 'Retention', lines: retentionLines(changes) },
    { title: 'Panels', lines: dashboardLines(changes) },
    { title: 'Scrape jobs', lines: jobLines(changes) },
    { title: 'Recording rules', lines: recordingLines(changes) },
    { title: 'Services', lines: restartLines(changes) },
    { title: 'Cost', lines: costLines(changes) },
    {
      title: 'Not shown',
      lines: changes
        .filter(hidesFiles)
        .map(({ name }) => `${name}: Pulumi hides all of its files, because one of them is secret`),
    },
  ].filter(({ lines }) => lines.length > 0);
  return isNew ? asCounts(sections) : sections;
}

/** With more lines of one kind, only their number is shown. A new stack has hundreds. */
const mostLines = 12;

/** Shortens a long section. */
export function shown({ title, lines }: Section): Section {
  if (lines.length <= mostLines) return { title, lines };
  const rest = lines.slice(mostLines - 1);
  const count = (sign: string): number => rest.filter((line) => line.startsWith(sign)).length;
  const counts = ['+', '-', '~'].flatMap((sign) =>
    count(sign) > 0 ? [`${sign} ${count(sign)}`] : [],
  );
  return { title, lines: [...lines.slice(0, mostLines - 1), `and more: ${counts.join(', ')}`] };
}

const nothing = 'No changes that people notice.';

/** For a terminal. */
export function asText(stack: string, sections: readonly Section[]): string {
  const heading = `Changes that people notice (${stack})`;
  if (sections.length === 0) return `${heading}: none.\n`;
  const width = Math.max(...sections.map(({ title }) => title.length)) + 2;
  const lines = sections
    .map(shown)
    .flatMap(({ title, lines: all }) =>
      all.map((line, i) => `  ${(i === 0 ? title : '').padEnd(width)}${line}`),
    );
  return `${heading}:\n${lines.join('\n')}\n`;
}

/** For a pull request. `details` is the engine's output, collapsed. */
export function asMarkdown(stack: string, sections: readonly Section[], details?: string): string {
  const lists = sections
    .map(shown)
    .map(
      ({ title, lines }) =>
        `**${title}**\n\n${lines.map((line) => `- ${code(line)}`).join('\n')}\n`,
    );
  const folded =
    details === undefined
      ? ''
      : `\n<details><summary>Resources</summary>\n\n\`\`\`diff\n${details.replaceAll('```', "'''").trim()}\n\`\`\`\n\n</details>\n`;
  return `### Changes that people notice (${stack})\n\n${lists.length === 0 ? `${nothing}\n` : lists.join('\n')}${folded}`;
}

/** Escapes text from rule files, so that it is neither Markdown nor a mention. */
function code(line: string): string {
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** The parts of a runbook that notifications contain, for readers who cannot open its page. */
export interface RunbookText {
  /** The first query or command to run. */
  readonly firstLook: string;
  /** Possible findings, one per line: `sign → action`. */
  readonly decisions: string;
}

/** Maximum length of the decisions. Slack and PagerDuty truncate much longer texts. */
const longest = 700;

/**
 * Reads the sections "First look" and "Decisions" of a runbook. Pure.
 *
 * Throws if one of them is missing or empty.
 *
 * @param markdown content of `runbooks/<Alert>.md`
 */
export function runbookText(markdown: string): RunbookText {
  const section = (heading: string): string => {
    const [, rest = ''] = markdown.split(`\n## ${heading}\n`);
    return rest.split(/\n## /)[0] ?? '';
  };
  const [, language = '', body = ''] =
    /^```(promql|logql|sh)(?: k8s)?\n([^]*?)^```$/m.exec(section('First look')) ?? [];
  const items = section('Decisions')
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replace(/\s+/g, ' ').replace(/`/g, ''));
  if (body === '' || items.length === 0) {
    throw new Error(`a runbook has no first look, or no decisions: ${markdown.slice(0, 40)}`);
  }
  const tool = { promql: 'PromQL', logql: 'LogQL', sh: 'Shell' }[language] ?? language;
  return {
    firstLook: `${tool}: ${body.trim().replace(/\s*\n\s*/g, '; ')}`,
    decisions: fitting(items),
  };
}

/** As many whole items as fit. */
function fitting(items: readonly string[]): string {
  let text = '';
  for (const item of items) {
    const longer = text === '' ? `- ${item}` : `${text}\n- ${item}`;
    if (longer.length > longest) break;
    text = longer;
  }
  return text;
}

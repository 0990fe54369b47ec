/** The parts of a runbook that notifications contain, for readers who cannot open its page. */
export interface RunbookText {
  /** Who is affected, and how badly. */
  readonly impact: string;
  /** The first query or command to run. */
  readonly firstLook: string;
  /** Possible findings, one per line: `sign → action`. */
  readonly decisions: string;
}

/** Maximum lengths. Slack and PagerDuty truncate much longer texts. */
const longest = { impact: 300, decisions: 700 };

/**
 * Reads the sections "Impact", "First look" and "Decisions" of a runbook. Pure.
 *
 * Throws if one of them is missing or empty, or if the impact is too long for a message.
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
  const plain = (text: string): string => text.trim().replace(/\s+/g, ' ').replace(/`/g, '');
  const impact = plain(section('Impact'));
  const items = section('Decisions').split(/^- /m).slice(1).map(plain);
  if (impact === '' || body === '' || items.length === 0) {
    throw new Error(`a runbook has no impact, first look or decisions: ${markdown.slice(0, 40)}`);
  }
  if (impact.length > longest.impact) {
    throw new Error(`the impact has over ${longest.impact} characters: ${markdown.slice(0, 40)}`);
  }
  const tool = { promql: 'PromQL', logql: 'LogQL', sh: 'Shell' }[language] ?? language;
  return {
    impact,
    firstLook: `${tool}: ${body.trim().replace(/\s*\n\s*/g, '; ')}`,
    decisions: fitting(items),
  };
}

/** As many whole items as fit. */
function fitting(items: readonly string[]): string {
  let text = '';
  for (const item of items) {
    const longer = text === '' ? `- ${item}` : `${text}\n- ${item}`;
    if (longer.length > longest.decisions) break;
    text = longer;
  }
  return text;
}

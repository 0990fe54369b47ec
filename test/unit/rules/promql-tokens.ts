import { describeSeries } from '../../../telemetry';

/**
 * Finds what a PromQL text asks for, without judging its grammar: promtool does that. Enough of a lexer to
 * tell metrics, the labels in their braces, and the labels of `by`, `on` and their like.
 */
export interface Asked {
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  readonly grouping: readonly string[];
}

const token = /"(?:[^"\\]|\\.)*"|`[^`]*`|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|[=!<>]=|[=!]~|\S/g;
const groupings = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'atan2']);

export function asked(promql: string): Asked {
  const tokens: string[] = promql.replace(/#.*$/gm, '').match(token) ?? [];
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const text = tokens[i] ?? '';
    if (groupings.has(text)) {
      const end = tokens.indexOf(')', i);
      if (tokens[i + 1] === '(') {
        grouping.push(...tokens.slice(i + 2, end).filter((t) => t !== ','));
        i = end;
      }
    } else if (text === '{' || (isName(text) && !isFunction(tokens[i + 1]) && !words.has(text))) {
      const open = text === '{' ? i : i + 1;
      const end = tokens[open] === '{' ? tokens.indexOf('}', open) : i;
      const inside = tokens[open] === '{' ? tokens.slice(open + 1, end) : [];
      const labels = inside.filter((t, k) => isName(t) && /^[=!]/.test(inside[k + 1] ?? ''));
      selectors.push({ metric: text === '{' ? '' : text, labels });
      i = end;
    }
  }
  return { selectors, grouping };
}

/** Aggregations may have their labels before what they aggregate. */
const isFunction = (next = ''): boolean => ['(', 'by', 'without'].includes(next);

const isName = (text: string): boolean => /^[a-zA-Z_:]/.test(text);

/** Labels that Prometheus makes itself, in its own series about alerts, or that expressions add. */
const made = ['alertname', 'alertstate', 'class', '__name__'];

/** What of the text is not in the contract; empty when all is well. */
export function unknownIn(promql: string): string[] {
  const { selectors, grouping } = asked(promql);
  const known = new Set<string>(made);
  const problems: string[] = [];
  for (const { metric, labels } of selectors) {
    const series = metric === '' ? { labels: made } : describeSeries(metric);
    if (series === undefined) problems.push(`metric ${metric}`);
    for (const label of series?.labels ?? []) known.add(label);
    for (const label of labels) {
      const fine = series?.labels.includes(label) === true || made.includes(label);
      if (!fine && metric !== '') problems.push(`label ${metric}{${label}}`);
    }
  }
  const free = selectors.some(({ metric }) => metric === '');
  problems.push(...grouping.filter((l) => !known.has(l) && !free).map((l) => `grouping ${l}`));
  return problems;
}

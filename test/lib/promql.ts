import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { describeSeries } from '../../telemetry';
import { once } from './once';

/**
 * The parts of a query, from the syntax tree of Prometheus's own grammar. promtool checks whether
 * it is valid.
 */
export interface Asked {
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly grouping: readonly string[];
}

export interface Selector {
  /** Empty if a matcher of `__name__` selects the metric. */
  readonly metric: string;
  /** Labels in the braces. */
  readonly labels: readonly string[];
  readonly matchers: readonly Matcher[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Computed once for each query, because tests ask for the same ones again and again. */
export const asked: (promql: string) => Asked = once(parsed);

function parsed(promql: string): Asked {
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  parser.parse(promql).iterate({
    enter: ({ name, node }) => {
      if (name === 'VectorSelector') selectors.push(selectorOf(node, promql));
      if (name === 'GroupingLabels') grouping.push(...labelNames(node, promql));
    },
  });
  return { selectors, grouping };
}

/** Labels that Prometheus adds to its own series about alerts, or that expressions add. */
const made = ['alertname', 'alertstate', 'class', 'host', '__name__'];

/** Metrics and labels in the text that are not in the contract; empty if there are none. */
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

/** Labels of the series that a query returns. */
export interface ResultLabels {
  /** Labels that every series has, according to the contract. */
  readonly always: ReadonlySet<string>;
  /** Labels that a series may have, for example on one side of `or`. */
  readonly possible: ReadonlySet<string>;
}

/**
 * Labels in the result. Aggregations, joins and functions drop most labels. Follows `resultMetric`
 * and `aggregation` of Prometheus's engine. See
 * https://prometheus.io/docs/prometheus/latest/querying/operators/
 */
export function resultLabels(promql: string): ResultLabels {
  const top = parser.parse(promql).topNode.firstChild;
  return (top && labelsOf(top, promql)) ?? none;
}

const none: ResultLabels = { always: new Set(), possible: new Set() };

/** Undefined for a number or a string, which have no labels. */
function labelsOf(node: SyntaxNode, text: string): ResultLabels | undefined {
  switch (node.name) {
    case 'VectorSelector': {
      const { metric, matchers } = selectorOf(node, text);
      const { labels = [] } = describeSeries(metric) ?? {};
      return exactly([...labels, ...matchers.map(({ label }) => label)]);
    }
    case 'AggregateExpr':
      return ofAggregation(node, text);
    case 'BinaryExpr':
      return ofBinary(node, text);
    case 'FunctionCall':
      return ofFunction(node, text);
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return undefined;
    default:
      // Parentheses, ranges, offsets, subqueries and signs change no labels.
      return operands(node)
        .map((child) => labelsOf(child, text))
        .find((labels) => labels !== undefined);
  }
}

function ofAggregation(node: SyntaxNode, text: string): ResultLabels {
  const operator = textOf(node.getChild('AggregateOp'), text);
  const args = operands(node.getChild('FunctionCallBody'));
  const inner = args.map((arg) => labelsOf(arg, text)).find((labels) => labels !== undefined);
  const from = inner ?? none;
  // These select series and do not change their labels.
  if (['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(operator)) return from;
  const modifier = node.getChild('AggregateModifier');
  const labels = labelNames(modifier?.getChild('GroupingLabels'), text);
  const kept = modifier?.getChild('Without')
    ? without(from, labels)
    : only(from, modifier === null ? [] : labels);
  const [first] = args;
  return operator === 'count_values' && first ? plus(kept, [stringOf(first, text)]) : kept;
}

function ofBinary(node: SyntaxNode, text: string): ResultLabels | undefined {
  const [left, right] = operands(node).map((child) => labelsOf(child, text));
  if (left === undefined || right === undefined) return left ?? right;
  const either = {
    always: new Set([...left.always].filter((label) => right.always.has(label))),
    possible: new Set([...left.possible, ...right.possible]),
  };
  if (node.getChild('Or')) return either;
  if (node.getChild('And') || node.getChild('Unless')) return left;
  const clause = node.getChild('MatchingModifierClause');
  const [matching, included] = clause?.getChildren('GroupingLabels') ?? [];
  const labels = labelNames(matching, text);
  if (clause?.getChild('GroupLeft')) return plus(left, labelNames(included, text));
  if (clause?.getChild('GroupRight')) return plus(right, labelNames(included, text));
  return clause?.getChild('On') ? only(left, labels) : without(left, labels);
}

function ofFunction(node: SyntaxNode, text: string): ResultLabels | undefined {
  const name = textOf(node.getChild('FunctionIdentifier'), text);
  const args = operands(node.getChild('FunctionCallBody'));
  const inner = args.map((arg) => labelsOf(arg, text)).find((labels) => labels !== undefined);
  switch (name) {
    case 'time':
    case 'pi':
    case 'scalar':
      return undefined;
    case 'vector':
      return none;
    case 'absent':
    case 'absent_over_time': {
      // For an absent series, only the labels of the selector are known.
      const matchers = args.flatMap((arg) => selectorsIn(arg, text)).flatMap((s) => s.matchers);
      const equal = matchers.filter(({ operator }) => operator === '=');
      return exactly(equal.map(({ label }) => label));
    }
    case 'histogram_quantile':
      return without(inner ?? none, ['le']);
    case 'label_replace':
    case 'label_join':
      return plus(inner ?? none, args[1] ? [stringOf(args[1], text)] : []);
    default:
      return inner ?? none;
  }
}

const exactly = (labels: readonly string[]): ResultLabels => ({
  always: new Set(labels),
  possible: new Set(labels),
});

const mapped = (from: ResultLabels, keep: (label: string) => boolean): ResultLabels => ({
  always: new Set([...from.always].filter(keep)),
  possible: new Set([...from.possible].filter(keep)),
});
const only = (from: ResultLabels, labels: readonly string[]): ResultLabels =>
  mapped(from, (label) => labels.includes(label));
const without = (from: ResultLabels, labels: readonly string[]): ResultLabels =>
  mapped(from, (label) => !labels.includes(label));
const plus = (from: ResultLabels, labels: readonly string[]): ResultLabels => ({
  always: new Set([...from.always, ...labels]),
  possible: new Set([...from.possible, ...labels]),
});

/** Expressions among the children of a node. */
function operands(node: SyntaxNode | null | undefined): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (expressions.has(child.name)) found.push(child);
  }
  return found;
}

const expressions = new Set([
  ...['AggregateExpr', 'BinaryExpr', 'FunctionCall', 'ParenExpr', 'UnaryExpr'],
  ...['VectorSelector', 'MatrixSelector', 'SubqueryExpr', 'OffsetExpr', 'StepInvariantExpr'],
  ...['NumberDurationLiteral', 'StringLiteral'],
]);

function selectorsIn(node: SyntaxNode, text: string): Selector[] {
  const found: Selector[] = [];
  node.cursor().iterate(({ name, node: inner }) => {
    if (name === 'VectorSelector') found.push(selectorOf(inner, text));
  });
  return found;
}

function selectorOf(node: SyntaxNode, text: string): Selector {
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
    (matcher) => ({
      label: textOf(matcher.getChild('LabelName'), text),
      operator: textOf(matcher.getChild('MatchOp'), text),
      value: stringOf(matcher.getChild('StringLiteral'), text),
    }),
  );
  const labels = matchers.map(({ label }) => label);
  return { metric: textOf(node.getChild('Identifier'), text), labels, matchers };
}

const labelNames = (node: SyntaxNode | null | undefined, text: string): string[] =>
  (node?.getChildren('LabelName') ?? []).map((label) => textOf(label, text));

const textOf = (node: SyntaxNode | null | undefined, text: string): string =>
  node ? text.slice(node.from, node.to) : '';

/** Value of a string literal. Ours contain no nested quotes. */
const stringOf = (node: SyntaxNode | null, text: string): string => textOf(node, text).slice(1, -1);

import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** A series selector in a PromQL expression. */
export interface Selector {
  /** As written, without range and offset. */
  readonly text: string;
  /** Empty if a matcher of `__name__` selects the metric. */
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /**
   * Whether the expression also works without these series: it tests for their absence, has an
   * alternative (`or`), or only uses them to exclude (`unless`).
   */
  readonly optional: boolean;
}

export interface Matcher {
  readonly label: string;
  /** As written, e.g. `status=~"5.."`. */
  readonly text: string;
}

/** The selectors of an expression, from the syntax tree of Prometheus's own grammar. */
export function selectorsOf(promql: string): Selector[] {
  const found: Selector[] = [];
  parser.parse(promql).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const at = ({ from, to }: SyntaxNode): string => promql.slice(from, to);
      const metric = node.getChild('Identifier');
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      found.push({
        text: at(node),
        metric: metric === null ? '' : at(metric),
        matchers: matchers.map((matcher) => {
          const label = matcher.getChild('LabelName');
          return { label: label === null ? '' : at(label), text: at(matcher) };
        }),
        optional: isOptional(node, promql),
      });
    },
  });
  return found;
}

function isOptional(node: SyntaxNode, promql: string): boolean {
  for (let [child, parent] = [node, node.parent]; parent !== null;) {
    if (parent.name === 'BinaryExpr') {
      if (parent.getChild('Or') !== null) return true;
      const left = parent.firstChild;
      if (parent.getChild('Unless') !== null && left?.from !== child.from) return true;
    }
    const called = parent.name === 'FunctionCall' && parent.getChild('FunctionIdentifier');
    if (called && promql.slice(called.from, called.to).startsWith('absent')) return true;
    [child, parent] = [parent, parent.parent];
  }
  return false;
}

/** A selector without one of its matchers, or with only the metric. */
export function without({ metric, matchers }: Selector, removed?: Matcher): string {
  const kept = removed === undefined ? [] : matchers.filter((one) => one !== removed);
  return kept.length === 0
    ? metric || '{__name__!=""}'
    : `${metric}{${kept.map(({ text }) => text).join(',')}}`;
}

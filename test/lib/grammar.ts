import { parser as logql } from '@grafana/lezer-logql';
import type { Tree } from '@lezer/common';
import { parser as promql } from '@prometheus-io/lezer-promql';

/** Syntax errors of a PromQL expression; empty if it is valid. */
export const promqlErrors = (text: string): string[] => errorsOf(promql.parse(text), text);

/** The same for LogQL. */
export const logqlErrors = (text: string): string[] => errorsOf(logql.parse(text), text);

/** Labels of the outermost aggregation of a LogQL expression; empty if there is none. */
export function logqlGrouping(text: string): string[] {
  const labels: string[] = [];
  let inside = false;
  let done = false;
  logql.parse(text).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Grouping') inside = !done;
      if (inside && name === 'Identifier') labels.push(text.slice(from, to));
    },
    leave: ({ name }) => {
      if (name !== 'Grouping') return;
      inside = false;
      // Inner aggregations do not matter, because the outer one aggregates again.
      done = true;
    },
  });
  return labels;
}

/** The parsers repair errors and mark the place. */
function errorsOf(tree: Tree, text: string): string[] {
  const errors: string[] = text.trim() === '' ? ['empty'] : [];
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`at ${from}: ${text.slice(from, Math.max(to, from + 20))}`);
    },
  });
  return errors;
}

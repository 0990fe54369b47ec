import { parser as logql } from '@grafana/lezer-logql';
import type { Tree } from '@lezer/common';
import { parser as promql } from '@prometheus-io/lezer-promql';

/** Places at which the text does not follow the grammar of PromQL; empty when all is well. */
export const promqlErrors = (text: string): string[] => errorsOf(promql.parse(text), text);

/** The same for LogQL. */
export const logqlErrors = (text: string): string[] => errorsOf(logql.parse(text), text);

/** Labels by which a LogQL text aggregates last; empty when it does not. */
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
      // Those further inside do not matter: what they keep is aggregated again.
      done = true;
    },
  });
  return labels;
}

/** The parsers repair what they do not understand, and mark the place. */
function errorsOf(tree: Tree, text: string): string[] {
  const errors: string[] = text.trim() === '' ? ['empty'] : [];
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`at ${from}: ${text.slice(from, Math.max(to, from + 20))}`);
    },
  });
  return errors;
}

import type { JobName } from '../components/services';
import type { Context } from './context';

/**
 * A part of a text with the result of a PromQL query at the time of the alert. Without a result
 * the part is left out.
 *
 * @param text may use `firstValue`, or `range` over the samples
 * @param labels labels of the alert, whose values replace each `%q` in the query
 */
export function found(query: string, text: string, ...labels: readonly string[]): string {
  // Go quotes a string in a way that PromQL understands.
  const quoted = JSON.stringify(query.replaceAll('"%q"', '%q'));
  const asked =
    labels.length === 0
      ? quoted
      : `(printf ${quoted} ${labels.map((label) => `$labels.${label}`).join(' ')})`;
  return `{{ with query ${asked} }}${text}{{ end }}`;
}

/** The value of the first sample. @param format a function of templates, e.g. `humanize1024` */
export const firstValue = (format: string): string => `{{ . | first | value | ${format} }}`;

/** The values of a label, sorted: "a, b". */
export const eachLabel = (label: string): string =>
  `{{ range $i, $one := sortByLabel "${label}" . }}{{ if $i }}, {{ end }}{{ $one.Labels.${label} }}{{ end }}`;

/** A duration in seconds without its smallest parts: "1d 21h", "2h 5m", "40s". */
export const aboutDuration =
  '{{ $value | humanizeDuration | reReplaceAll " [0-9]+s$" "" | reReplaceAll "(d [0-9]+h) .+" "$1" }}';

/** A share as text: "97%". */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;

/** Which of several servers. Empty if there is only one, which needs no name. */
export const onServer = (c: Context, job: JobName): string =>
  c.hasSeveral(job) ? ' on {{ $labels.instance }}' : '';

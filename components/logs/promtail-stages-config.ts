import { maxLineBytes } from './pieces-config';
import { literally, type LogSource } from './sources';

/**
 * A stage of a Promtail pipeline. See
 * https://grafana.com/docs/loki/latest/send-data/promtail/stages/
 */
export type Stage = Readonly<Record<string, unknown>>;

export const match = (selector: string, ...stages: readonly Stage[]): Stage => ({
  match: { selector, stages },
});

export const template = (source: string, text: string): Stage => ({
  template: { source, template: text },
});
export const output = (source: string): Stage => ({ output: { source } });
export const regex = (expression: string, source?: string): Stage => ({
  regex: { ...(source === undefined ? {} : { source }), expression },
});

/** Joins lines with the flag `P` with the next line without it, per file and stream. */
export const cri: Stage = {
  cri: {
    max_partial_lines: 1_000,
    max_partial_line_size: maxLineBytes,
    max_partial_line_size_truncate: true,
  },
};

/** Pattern that matches the jobs of these sources. */
export const jobList = (sources: readonly LogSource[]): string =>
  sources.map(({ job }) => literally(job)).join('|');

/** Quotes a string for Go and LogQL. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

import type { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { AnnotationQueryBuilder as Annotation } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { appServices, oneOf, selector } from '../../telemetry';
import { colours } from './looks';
import { sources } from './sources';

/**
 * Whether a series existed at any time in a window. A step can be hours, but an alert only minutes.
 */
const during = (series: string, window: string, offset = ''): string =>
  `max_over_time(${series}[${window}:1m]${offset})`;

const before = ' offset $__interval';

/**
 * Expressions for the annotations in every graph: what started since the previous step. Grafana
 * would shade the whole duration, and a shade over hours would hide the graph.
 */
export const marks = (() => {
  const firing = selector('ALERTS', {
    alertstate: 'firing',
    severity: oneOf('critical', 'warning'),
  });
  const versions = selector('job_version:app_info:count', { job: oneOf(...appServices) });
  const now = '$__interval';
  return {
    alerts: `${during(firing, now)} unless ${during(firing, now, before)}`,
    /** Excludes restarts: their version already existed within the hour before. */
    deployments: `${during(versions, now)} unless ${during(versions, '1h', before)}`,
  };
})();

/** Annotations in every graph: start of alerts (red) and deployments (blue). */
export const annotations = (): AnnotationQueryBuilder[] => [
  mark('Alerts', marks.alerts, colours.critical)
    .titleFormat('{{alertname}}')
    .textFormat('{{service}} {{instance}}')
    .tagKeys('severity,service'),
  mark('Deployments', marks.deployments, colours.info)
    .titleFormat('{{job}} {{version}}')
    .textFormat('A new version of {{job}} is running.')
    .tagKeys('job'),
];

/** Old versions of Grafana read `expr` and `step`, new ones `target`. */
const mark = (name: string, expr: string, colour: string): AnnotationQueryBuilder =>
  new Annotation()
    .name(name)
    .datasource(sources.prometheus)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .step(step)
    .target(new DataqueryBuilder().refId('Anno').expr(expr).interval(step));

const step = '60s';

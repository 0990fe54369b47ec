import type { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { AnnotationQueryBuilder as Annotation } from '@grafana/grafana-foundation-sdk/dashboard';
import { appServices, oneOf, selector } from '../../telemetry';
import { colours } from './looks';
import { sources } from './sources';

/** What there was at any time of a window; a point of a long time stands for hours, an alert may last minutes. */
const during = (series: string, window: string, offset = ''): string =>
  `max_over_time(${series}[${window}:1m]${offset})`;

const before = ' offset $__interval';

/**
 * Expressions of what is marked in every graph: what began since the point before. Grafana shades what lasts, and a
 * shade over hours hides the graph.
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
    /** A restart is none: the version was there within the hour before. */
    deployments: `${during(versions, now)} unless ${during(versions, '1h', before)}`,
  };
})();

/** Firing alerts in red, deployments in blue: what a curve has to be seen with. */
export const annotations = (): AnnotationQueryBuilder[] => [
  mark('Alerts', marks.alerts, colours.critical)
    .titleFormat('{{alertname}}')
    .textFormat('{{service}} {{instance}}')
    .tagKeys('severity,service'),
  mark('Deployments', marks.deployments, colours.info)
    .titleFormat('{{job}} {{version}}')
    .textFormat('A new version of {{job}} answers.')
    .tagKeys('job'),
];

const mark = (name: string, expr: string, colour: string): AnnotationQueryBuilder =>
  new Annotation()
    .name(name)
    .datasource(sources.prometheus)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .step('60s');

import type { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { AnnotationQueryBuilder as Annotation } from '@grafana/grafana-foundation-sdk/dashboard';
import { appServices, by, oneOf, selector } from '../../telemetry';
import { colours } from './looks';
import { sources } from './sources';

/**
 * What is there and was not at the point before. Grafana shades what lasts, and a shade over hours hides the graph:
 * only the beginning is marked, however far apart the points of what is shown are.
 */
const beginning = (expr: string, series: string): string =>
  `${expr} unless ${expr.replace(series, `${series} offset $__interval`)}`;

/** Expressions of what is marked in every graph. */
export const marks = (() => {
  const firing = selector('ALERTS', {
    alertstate: 'firing',
    severity: oneOf('critical', 'warning'),
  });
  const running = selector('app_info', { job: oneOf(...appServices) });
  return {
    alerts: beginning(firing, firing),
    deployments: beginning(by('count', ['job', 'version'], running), running),
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

import type { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { AnnotationQueryBuilder as Annotation } from '@grafana/grafana-foundation-sdk/dashboard';
import { appServices, by, oneOf, selector } from '../../telemetry';
import { colours } from './looks';
import { sources } from './sources';

/** Expressions of what is marked in every graph. */
export const marks = {
  alerts: selector('ALERTS', {
    alertstate: 'firing',
    severity: oneOf('critical', 'warning'),
  }),
  /** A version that was not there five minutes ago. */
  deployments: (() => {
    const running = selector('app_info', { job: oneOf(...appServices) });
    const versions = by('count', ['job', 'version'], running);
    return `${versions} unless ${versions.replace(running, `${running} offset 5m`)}`;
  })(),
};

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

import { noneOf, otherSessions, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
import { eachLabel, found } from '../texts';
import { restarts } from './restarts';

/** Alert names, most severe first. Each has a runbook and a promtool test of the same name. */
export const infoNames = ['DeploymentDetected', 'VStudioSessionActive'] as const;

/** Events that go to a Slack channel for information. Nobody has to act. */
export function infoAlerts(c: Context): readonly Alert[] {
  return [
    ...when(c.has(jobs.api), deploymentDetected(c)),
    ...when(c.has(jobs.ws), vStudioSessionActive(c)),
  ];
}

function deploymentDetected(c: Context): Alert {
  const young = `time() - ${selector('process_start_time_seconds', { job: jobs.api })} < ${c.window(300)}`;
  const info = selector('app_info', { job: jobs.api });
  const each = 'count by (version)';
  const before = `${each} (${info} offset ${c.said(3_600)})`;
  return {
    name: 'DeploymentDetected',
    severity: 'info',
    service: 'api-server',
    dashboard: 'audifi-api',
    expr:
      `count by (job) (${young})\n` +
      `unless on (job)\nmax by (job) (${restarts(c, [jobs.api])}) >= ${c.t.restarts}`,
    summary:
      'New API server deployment detected' +
      found(`${each} (${info} and on (job, instance) (${young}))`, ` (${eachLabel('version')})`),
    description:
      `{{ $value }} instance{{ if gt $value 1.0 }}s{{ end }} of api-server started in the last ` +
      `${c.said(300)}: a deployment, a new replica or a single restart.` +
      found(
        `${each} (${info}) unless ${before}`,
        ` Versions that did not run ${c.said(3_600)} ago: ${eachLabel('version')}.`,
      ),
  };
}

function vStudioSessionActive(c: Context): Alert {
  const viewers = scoped('ws_connections_active', {
    role: 'viewer',
    // Excludes connections outside a session, and the sum of sessions without a label of their own.
    session_id: noneOf('', otherSessions),
  });
  return {
    name: 'VStudioSessionActive',
    severity: 'info',
    service: 'ws-server',
    dashboard: 'audifi-v-studio',
    expr: `${sum(['session_id'], viewers)} > ${c.t.sessionViewers}`,
    // The number of viewers fluctuates around the limit. One session should send one message.
    keepFiringFor: c.hold(300),
    summary: `V Studio session with ${c.t.sessionViewers}+ viewers ({{ $labels.session_id }}: {{ $value | printf "%.0f" }})`,
    description:
      'Session {{ $labels.session_id }} has {{ $value | printf "%.0f" }} viewers. Do not deploy ' +
      'ws-server until it ends.',
  };
}

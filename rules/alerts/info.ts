import { noneOf, otherSessions, selector, sum } from '../../telemetry';
import { type Context, when } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { scoped } from '../scope';
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
  const started = selector('process_start_time_seconds', { job: jobs.api });
  return {
    name: 'DeploymentDetected',
    severity: 'info',
    service: 'api-server',
    dashboard: 'audifi-api',
    expr:
      `count by (job) (time() - ${started} < ${c.window(300)})\n` +
      `unless on (job)\nmax by (job) (${restarts(c, [jobs.api])}) >= ${c.t.restarts}`,
    summary: 'New API server deployment detected',
    description:
      `{{ $value }} instance{{ if gt $value 1.0 }}s{{ end }} of api-server started in the last ` +
      `${c.said(300)}: a deployment, a new replica or a single restart.`,
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

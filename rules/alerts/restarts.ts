import { appServices, by, type Expr, oneOf, over, overSteps, selector } from '../../telemetry';
import type { Context } from '../context';
import { type Alert, perJob } from '../model';
import { isOfStack } from '../owners';

export function serviceCrashLooping(c: Context): Alert {
  return {
    name: 'ServiceCrashLooping',
    severity: 'warning',
    service: 'monitoring',
    serviceLabel: perJob,
    dashboard: 'audifi-overview',
    expr: `${restarts(c, c.jobs)} >= ${c.t.restarts}`,
    summary: `{{ $labels.job }} has restarted {{ $value }} times in ${c.said(1_800)} ({{ $labels.instance }})`,
    description:
      `${whose(c)} has restarted {{ $value }} times in the last ${c.said(1_800)}, without the starts of new versions. ` +
      'It may seem healthy between restarts, but each one loses its requests and jobs.',
    mutes: [{ alerts: ['DeploymentDetected'], equal: ['job'], why: 'a crash is not a deployment' }],
  };
}

const whose = (c: Context): string => {
  const services = c.appJobs.filter((job) => !isOfStack(job)).map((job) => `"${job}"`);
  return services.length === 0
    ? 'A part of the monitoring'
    : `{{ if eq $labels.job ${services.join(' ')} }}A service of AudiFi{{ else }}A part of the monitoring{{ end }}`;
};

/**
 * Restarts of each process in half an hour: how often its age decreased. The start time is not
 * used, because it shifts by a second when the clock is set. A replaced process is a new series, so
 * it does not count. A start of another version does not count either, if the application exports
 * its version: three deployments to one address are not a crash loop.
 */
export function restarts(c: Context, of: readonly string[]): string {
  const jobOf = (names: readonly string[]) =>
    names.length === 1 ? (names[0] ?? '') : oneOf(...names);
  const window = c.window(1_800);
  const started = selector('process_start_time_seconds', { job: jobOf(of) });
  const age = `time() - ${started}` as Expr<'job' | 'instance'>;
  const all = overSteps('resets', age, window, c.pause(30));
  const telling = appServices.filter((name) => of.includes(name));
  if (telling.length === 0) return all;
  const seen = <L extends string>(expr: Expr<L | 'job' | 'instance'>): string =>
    by('count', ['job', 'instance'], over('max_over_time', expr, window));
  const versions = seen(selector('app_info', { job: jobOf(telling) }));
  return `(\n  ${all}\n  - on (job, instance) group_left ()\n  (${versions} - 1 or 0 * ${seen(started)})\n)`;
}

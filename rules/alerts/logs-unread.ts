import type { JobName } from '../../components/services';
import { like, type Matchers, present, selector } from '../../telemetry';
import type { Context } from '../context';
import type { Alert } from '../model';
import { jobs } from '../options';
import { eachLabel, found } from '../texts';

const { cadvisor, promtail, otelAgent } = jobs;

/**
 * cAdvisor sees every container. The agent does not see one whose log driver writes no files, or
 * writes them elsewhere. The collector does not report which files it reads, so with it the alert
 * fires only if there is no file at all; `make doctor` lists individual containers.
 */
export function containersUnread(c: Context, job: JobName): Alert {
  const all = job === promtail && c.has(cadvisor) && !c.options.manyHosts;
  return {
    severity: 'warning',
    service: 'monitoring',
    dashboard: 'audifi-stack',
    name: 'ContainerLogsUnread',
    labels: { job },
    expr: all ? `count(${withoutFile()}) > 0` : noFile(job),
    for: c.hold(900),
    summary: all
      ? 'Logs of {{ $value }} container{{ if gt $value 1.0 }}s{{ end }} are not collected'
      : 'The log agent {{ $labels.instance }} finds no log files',
    description: all
      ? 'Promtail reads no log file for {{ $value }} running container{{ if gt $value 1.0 }}s{{ end }}' +
        found(
          `topk(5, count by (container) (${withoutFile({ container: present })}))`,
          ` (${eachLabel('container')})`,
        ) +
        ': the log driver writes none (local, journald, …). These logs are not in Loki, and alerts on them cannot fire. ' +
        'Run make doctor to list all.'
      : `{{ $labels.instance }} of ${job} reads no log file: the container engine stores its files elsewhere, or its log driver ` +
        'writes none. Run make doctor to find out which.',
  };
}

function withoutFile(some: Matchers<'container_memory_working_set_bytes'> = {}): string {
  const running = selector('container_memory_working_set_bytes', {
    job: cadvisor,
    id: like('.*[0-9a-f]{64}.*'),
    ...some,
  });
  const id = (of: string, label: string, pattern: string): string =>
    `label_replace(${of}, "id", "$1", "${label}", "${pattern}")`;
  const read = selector('promtail_file_bytes_total', { job: promtail });
  return (
    `\n  ${id(running, 'id', '.*?([0-9a-f]{64}).*')}\n  unless on (id)\n` +
    `  ${id(read, 'path', '.*/([0-9a-f]{64})-json[.]log.*')}\n`
  );
}

function noFile(job: JobName): string {
  if (job === otelAgent) {
    const open = selector('otelcol_fileconsumer_open_files', { job: otelAgent });
    return `max by (job, instance) (${open}) == 0`;
  }
  const files = selector('promtail_file_bytes_total', { job: promtail });
  return `${selector('up', { job: promtail })} == 1\nunless on (job, instance)\n${files}`;
}

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { otelAgentConfig, otelPaths } from '../../../components/logs/otel-agent-config';
import {
  type AgentConfigArgs,
  promtailConfig,
  promtailPaths,
} from '../../../components/logs/promtail-config';
import { specSources } from '../../../components/logs/sources';
import type { Rendered } from './processes';

/** An agent as the program runs it on a Kubernetes node named `node-1`. */
export function onKubernetes(agent: 'promtail' | 'otel', projects: readonly string[]): Rendered {
  const args: AgentConfigArgs = {
    ...{ stack: 'e2e', environment: 'e2e', sources: specSources, projects, debug: false },
    logs: { files: '/var/log/pods/*/*/*.log', format: 'cri' },
    lokiUrl: 'http://loki:3100',
  };
  return agent === 'promtail'
    ? {
        args: [`-config.file=${promtailPaths.config}`, '-client.external-labels=node=node-1'],
        files: { [promtailPaths.config]: promtailConfig(args) },
      }
    : {
        args: [`--config=${otelPaths.config}`, '--feature-gates=stanza.synchronousLogEmitter'],
        files: { [otelPaths.config]: otelAgentConfig(args) },
      };
}

/** Log files of pods, as containerd writes them. */
export class PodLogs {
  private clock = Date.now();

  constructor(readonly folder: string) {}

  /** @param piece bytes after which a line is split */
  write(
    pod: { readonly namespace: string; readonly name: string; readonly container: string },
    lines: readonly string[],
    piece = 16_384,
  ): void {
    const { namespace, name, container } = pod;
    const folder = join(
      this.folder,
      `${namespace}_${name}_0a1b2c3d-0000-0000-0000-000000000000`,
      container,
    );
    mkdirSync(folder, { recursive: true });
    const text = lines.flatMap((line) => {
      this.clock += 1;
      const time = new Date(this.clock).toISOString().replace('Z', '000001+00:00');
      const bytes = Buffer.from(line);
      const count = Math.max(1, Math.ceil(bytes.length / piece));
      return Array.from({ length: count }, (_, i) =>
        Buffer.concat([
          Buffer.from(`${time} stdout ${i === count - 1 ? 'F' : 'P'} `),
          bytes.subarray(i * piece, (i + 1) * piece),
          Buffer.from('\n'),
        ]),
      );
    });
    appendFileSync(join(folder, '0.log'), Buffer.concat(text));
  }
}

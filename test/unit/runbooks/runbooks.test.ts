import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { services } from '../../../components/services';
import { alertNames, defaultOptions, logAlertGroups } from '../../../rules';
import { incidents } from '../../../scripts/incident-kinds';
import { unknownIn } from '../../lib/promql';
import {
  blocksOf,
  inlineCommands,
  readRunbook as read,
  runbookPages,
  sectionsOf,
} from '../../lib/runbook-parts';

const askedOfLogs: readonly string[] = Object.values(logAlertGroups(defaultOptions)).flatMap(
  (group) => group.map(({ name }) => name),
);

const sections = ['Meaning', 'Impact', 'First look', 'Decisions', 'Fixes', 'How to test'];
/** Pages about several alerts, with their own steps. */
const others = ['WebSocketConnectionIssues'];
const pages = [...alertNames, ...others];

describe('runbooks', () => {
  it('exist for each alert, and for some groups of alerts', () => {
    expect(runbookPages()).toEqual([...pages].sort());
  });

  it.each(alertNames)('%s has all required sections', (name) => {
    const text = read(name);
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    const found = sectionsOf(text);
    expect([...found.keys()]).toEqual(sections);
    for (const part of found.values()) expect(part.length).toBeGreaterThan(4);
    expect(text.split('\n').length).toBeLessThan(100);

    const look = found.get('First look') ?? '';
    const kinds = ['promql', 'logql', 'sh', 'sh k8s', 'sh elsewhere'] as const;
    const commands = kinds.flatMap((kind) => blocksOf(look, kind));
    expect(commands.length).toBeGreaterThanOrEqual(2);
    expect(found.get('Decisions')).toMatch(/^- .+→/m);
    expect(found.get('How to test')).toContain(
      askedOfLogs.includes(name) ? 'make e2e' : `test/promtool/${name}.test.yml`,
    );
  });

  it.each(Object.entries(incidents))(
    'the incident %s is in the section How to test of its alert',
    (kind, { alert }) => {
      expect(sectionsOf(read(alert)).get('How to test')).toContain(`make incident KIND=${kind}`);
    },
  );

  it.each(pages)('%s only uses metrics of the contract', (name) => {
    for (const query of blocksOf(read(name), 'promql')) {
      expect({ query, unknown: unknownIn(query) }).toEqual({ query, unknown: [] });
    }
  });

  it.each(pages)('%s only refers to existing alerts', (name) => {
    const said = read(name).matchAll(
      /(?<![.])\b((?:Prometheus|Alertmanager|Target|Targets|High|Low|Stripe|Uptime|Certificate|Host|Loki|Log)[A-Z]\w+)\b/g,
    );
    for (const [, other] of said) expect(alertNames).toContain(other);
  });

  it("WebSocketConnectionIssues has the specification's five steps", () => {
    const steps = [...sectionsOf(read('WebSocketConnectionIssues')).keys()];
    expect(steps).toHaveLength(5);
    const said = [
      /health and memory/i,
      /errors by type/i,
      /pub\/sub/i,
      /clients come back/i,
      /scale/i,
    ];
    said.forEach((step, i) => expect(steps[i]).toMatch(step));
    for (const alert of ['WebSocketDown', 'WebSocketConnectionSpike']) {
      expect(read(alert)).toContain('(WebSocketConnectionIssues.md)');
    }
  });

  it("HighErrorRate and HighLatency have the specification's steps", () => {
    const errors = read('HighErrorRate');
    for (const step of [/dashboard/i, /roll back/i, /pg_up\|redis_up/, /logql/, /scale/i]) {
      expect(errors).toMatch(step);
    }
    const latency = read('HighLatency');
    for (const step of [
      /db_query_duration/,
      /stripe_api_latency/,
      /rpc_latency/,
      /db_connections/,
    ]) {
      expect(latency).toMatch(step);
    }
    // The slow query log, and the resources of the database.
    expect(latency).toMatch(/\{job="postgres"\} \|= "duration: "/);
    expect(latency).toMatch(/more CPU or memory/);
  });
});

describe('commands in runbooks', () => {
  const shell = (text: string): void => {
    execFileSync('bash', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
  };
  /** Commands for a cluster have placeholders. */
  const filled = (text: string): string => text.replace(/<[^<>\n]+>/g, 'x');

  it.each(pages)('%s: every block is valid shell, and marked with its platform', (name) => {
    for (const block of blocksOf(read(name), 'sh')) {
      expect(() => shell(block)).not.toThrow();
      expect(block).not.toMatch(/kubectl|<[a-z][^<>]*>|…/);
    }
    for (const block of blocksOf(read(name), 'sh k8s')) {
      expect(() => shell(filled(block))).not.toThrow();
      expect(block).not.toMatch(/docker |…/);
    }
    for (const block of blocksOf(read(name), 'sh elsewhere')) {
      expect(() => shell(filled(block))).not.toThrow();
    }
    // Info strings of blocks that are not run.
    const known = ['promql', 'logql', 'sh', 'sh k8s', 'sh elsewhere', ''];
    for (const [, info = ''] of read(name).matchAll(/^```(.*)$/gm)) expect(known).toContain(info);
  });

  it.each(pages)('%s: containers have the names of the development stack', (name) => {
    const text = read(name);
    const commands = [...blocksOf(text, 'sh').join('\n').split('\n'), ...inlineCommands(text)];
    const verb = /docker (?:logs|exec|start|stop|restart|pause|unpause|inspect|stats|cp) /;
    for (const command of commands.filter((line) => verb.test(line))) {
      const free = /<\w+>|\$name|stats --no-stream( \||$)/.test(command);
      const [, workload = ''] = /audifi-dev-([a-z-]+)/.exec(command) ?? [];
      expect({ command, known: free || workload in services }).toEqual({ command, known: true });
    }
    // The default user of Redis is disabled.
    for (const command of commands.filter((line) => line.includes('redis-cli '))) {
      expect(command).toContain('--user ');
    }
  });

  it.each(pages)("%s: the stack's objects in a cluster have the names of its services", (name) => {
    const text = read(name);
    const commands = [...blocksOf(text, 'sh k8s').join('\n').split('\n'), ...inlineCommands(text)];
    for (const command of commands.filter((line) => /kubectl -n monitoring/.test(line))) {
      const object =
        /(?:statefulset|deployment|daemonset|svc)[/ ]([a-z-]+)|\b(?:data-)?([a-z-]+)-\d\b/g;
      for (const [, workload, pod] of command.matchAll(object)) {
        expect({ command, known: (workload ?? pod ?? '') in services }).toEqual({
          command,
          known: true,
        });
      }
    }
  });
});

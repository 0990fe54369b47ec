import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { alertNames, defaultOptions, logAlertGroups } from '../../../rules';
import { unknownIn } from '../../lib/promql';

const folder = join(__dirname, '../../../runbooks');
const files = readdirSync(folder).filter((file) => file !== 'README.md');
const read = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8');

const askedOfLogs: readonly string[] = Object.values(logAlertGroups(defaultOptions)).flatMap(
  (group) => group.map(({ name }) => name),
);

const sections = ['Meaning', 'Impact', 'First look', 'Decisions', 'Fixes', 'How to test'];

/** Text below each heading. */
function parts(text: string): Map<string, string> {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );
}

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, b]) => b ?? '',
  );

describe('runbooks', () => {
  it('are one an alert', () => {
    expect(files.sort()).toEqual(alertNames.map((name) => `${name}.md`).sort());
  });

  it.each(alertNames)('%s has what is needed at 3 a.m.', (name) => {
    const text = read(name);
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    const found = parts(text);
    expect([...found.keys()]).toEqual(sections);
    for (const part of found.values()) expect(part.length).toBeGreaterThan(4);
    expect(text.split('\n').length).toBeLessThan(100);

    const look = found.get('First look') ?? '';
    const commands = ['promql', 'logql', 'sh'].flatMap((language) => blocks(look, language));
    expect(commands.length).toBeGreaterThanOrEqual(2);
    expect(found.get('Decisions')).toMatch(/^- .+→/m);
    expect(found.get('How to test')).toContain(
      askedOfLogs.includes(name) ? 'make e2e' : `test/promtool/${name}.test.yml`,
    );
  });

  it.each(alertNames)('%s asks only for metrics of the contract', (name) => {
    for (const query of blocks(read(name), 'promql')) {
      expect({ query, unknown: unknownIn(query) }).toEqual({ query, unknown: [] });
    }
  });

  it.each(alertNames)('%s names only alerts that exist', (name) => {
    const said = read(name).matchAll(
      /\b((?:Prometheus|Alertmanager|Target|Targets|High|Low|Stripe|Uptime|Certificate|Host|Loki|Log)[A-Z]\w+)\b/g,
    );
    for (const [, other] of said) expect(alertNames).toContain(other);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parser } from '@grafana/lezer-logql';
import { labels } from '../../../components/logs/sources';
import { defaultOptions, logAlertGroups } from '../../../rules';

const runbooks = join(__dirname, '../../../runbooks');

/** All LogQL expressions of this project, with their location. */
const expressions: [string, string][] = [
  ...Object.values(logAlertGroups(defaultOptions)).flatMap((group) =>
    group.map(({ name, expr }): [string, string] => [name, expr]),
  ),
  ...readdirSync(runbooks).flatMap((file) =>
    [...readFileSync(join(runbooks, file), 'utf8').matchAll(/^```logql\n([^]*?)^```/gm)].map(
      ([, query = '']): [string, string] => [file, query.trim()],
    ),
  ),
];

describe('LogQL', () => {
  it('is used in alerts and runbooks', () => {
    expect(expressions.length).toBeGreaterThan(8);
  });

  it.each(expressions)('%s is valid: %s', (_, query) => {
    let broken = false;
    parser.parse(query).iterate({
      enter: ({ type }) => {
        broken ||= type.isError;
      },
    });
    expect(broken).toBe(false);
    for (const [, selector = ''] of query.matchAll(/\{([^{}]*=[^{}]*)\}/g)) {
      for (const [, label = ''] of selector.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)) {
        expect(labels).toContain(label);
      }
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../policy/rules';
import { projectRoot } from '../../../scripts/stack-files';

describe('docs/changes.md', () => {
  it('lists the rules of the policy pack', () => {
    const text = readFileSync(join(projectRoot, 'docs', 'changes.md'), 'utf8');
    const [, section = ''] = /^## Policies$(.*?)^## /ms.exec(text) ?? [];
    const rows = [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, rule]) => rule);
    expect(rows).toEqual(rules.map(({ name }) => name));
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkout } from './lib/checkout';

/** Nothing is provisioned here: a preview only asks the engine. */
const checkout = new Checkout('e2e-preview');
const container = 'components/platform/docker-container.ts';
const volumes = 'components/platform/docker-volumes.ts';

beforeAll(() => {
  checkout.configure({ platform: 'docker', grafana: { enabled: false } });
});

afterAll(() => {
  checkout.remove();
});

/** Runs `work` with another text in a file of the program. */
async function withSource<T>(
  file: string,
  from: string,
  to: string,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(checkout.dir, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  try {
    return await work();
  } finally {
    writeFileSync(path, text);
  }
}

describe('make preview', () => {
  it('begins with the changes that people notice, and then has the resources', async () => {
    const { code, output } = await checkout.make('preview');
    expect(code).toBe(0);
    const [, people = '', resources = ''] = output.split(/^(?=Changes that|Previewing update)/m);
    expect(people).toMatch(/^Changes that people notice \(e2e-preview\):\n {2}Alerts +\+ \d+$/m);
    expect(people).toMatch(/Retention +\+ prometheus retention\.time 15d$/m);
    expect(resources).toMatch(/\+ \d+ to create/);
  });

  it('writes them as Markdown for a pull request', async () => {
    const report = join(checkout.dir, 'build', 'preview.md');
    await checkout.make('preview', { REPORT: report });
    const text = readFileSync(report, 'utf8');
    expect(text).toMatch(/^### Changes that people notice \(e2e-preview\)\n/);
    expect(text).toContain('<details><summary>Resources</summary>');
  });

  it('fails by the policy pack, which the engine runs', async () => {
    const { code, output } = await withSource(
      container,
      'readOnly: true,',
      'readOnly: false,',
      () => checkout.make('preview'),
    );
    expect(code).not.toBe(0);
    expect(output).toContain('read-only-root');
    expect(output).toContain('container prometheus can write to its root file system');
    expect(output).not.toContain('Changes that people notice');
  });

  it('fails if a volume would be deleted with the stack, which no policy pack can see', async () => {
    const { code, output } = await withSource(
      volumes,
      '{ ...opts, retainOnDelete: true }',
      'opts',
      () => checkout.make('preview'),
    );
    expect(code).not.toBe(0);
    expect(output).toContain('protected-volumes: prometheus-data: prometheus-data is deleted');
  });
});

it('make policy and make drift succeed for a stack that does not exist', async () => {
  const policy = await checkout.make('policy');
  expect(policy).toMatchObject({ code: 0 });
  const drift = await checkout.make('drift');
  expect(drift).toMatchObject({ code: 0 });
  expect(drift.output).toContain('No drift');
});

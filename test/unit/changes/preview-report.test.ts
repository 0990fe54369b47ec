import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OperatorError } from '../../../scripts/operator-error';
import { preview, withFailurePublished } from '../../../scripts/preview';
import { fakeCommands } from '../../lib/fake-commands';

const machine = fakeCommands();
let report: string;
const before = { ...process.env };
const silenced: jest.SpiedFunction<typeof process.stdout.write>[] = [];

beforeEach(() => {
  report = join(machine.folder, 'preview.md');
  // In a workflow, this would be added to the page of the run.
  Object.assign(process.env, { REPORT: report, GITHUB_STEP_SUMMARY: '' });
  for (const stream of [process.stdout, process.stderr]) {
    silenced.push(jest.spyOn(stream, 'write').mockReturnValue(true));
  }
});
afterEach(() => {
  process.env = { ...before };
  for (const spy of silenced.splice(0)) spy.mockRestore();
});

/** `make preview` with an engine that does this. */
function previewBy(
  script: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  machine.add('pulumi', script);
  const { env } = machine;
  return withFailurePublished('prod', () =>
    preview({
      ...{ stack: 'prod', pulumi: join(machine.folder, 'pulumi'), env, configArgs: [] },
      file: { config },
    }),
  );
}

describe('the report of a preview that fails', () => {
  const fails = (details: string): string =>
    `### The preview of prod fails\n\n\`\`\`\n${details}\n\`\`\`\n`;

  it('is its error if it fails before the engine starts', async () => {
    const error = new OperatorError('prometheus.retentoin: unknown key');
    const work = withFailurePublished('prod', () => Promise.reject(error));
    await expect(work).rejects.toBe(error);
    expect(readFileSync(report, 'utf8')).toBe(fails('prometheus.retentoin: unknown key'));
  });

  it('has what the engine wrote to both outputs', async () => {
    const script = 'echo "Diagnostics: x"; echo "error: no plugin" >&2; exit 255';
    expect(await previewBy(script)).toBe(1);
    expect(readFileSync(report, 'utf8')).toBe(fails('Diagnostics: x\n\nno plugin'));
  });

  it('explains a wrong passphrase', async () => {
    const work = previewBy('echo "error: incorrect passphrase" >&2; exit 255');
    await expect(work).rejects.toThrow('wrong passphrase');
    expect(readFileSync(report, 'utf8')).toMatch(/fails\n\n```\nwrong passphrase for this stack\./);
  });
});

it('a preview that changes no resource reports the silences of the settings', async () => {
  const silence = {
    ...{ name: 'disk', matchers: ['alertname=LowDiskSpace'], comment: 'x', author: 'ada' },
    ...{ from: '2999-01-01T00:00:00Z', to: '2999-01-02T00:00:00Z' },
  };
  const config = { 'audifi-observability:alertmanager': { silences: [silence] } };
  expect(await previewBy('exit 0', config)).toBe(0);
  expect(readFileSync(report, 'utf8')).toContain('up sets silence disk: alertname=LowDiskSpace');
});

it('a preview of a stack that was renamed fails, and its report says what would be lost', async () => {
  const labels = [{ label: 'io.audifi.stack', value: 'dev' }];
  const type = 'docker:index/volume:Volume';
  const metadata = {
    ...{ op: 'replace', type, urn: `urn:pulumi:prod::p::${type}::prometheus-data` },
    old: { type, inputs: { name: 'audifi-dev-prometheus-data', labels } },
  };
  const event = JSON.stringify({ resourcePreEvent: { metadata } });
  const script = `while [ $# -gt 0 ]; do
[ "$1" = --event-log ] && echo '${event}' > "$2"
shift
done`;
  await expect(previewBy(script)).rejects.toThrow(/all volumes would start empty/);
  expect(readFileSync(report, 'utf8')).toContain('RENAMED_FROM=dev make preview STACK=prod');
  await expect(
    preview({
      ...{ stack: 'prod', pulumi: join(machine.folder, 'pulumi'), configArgs: [] },
      ...{ env: { ...machine.env, RENAMED_FROM: 'dev' }, file: { config: {} } },
    }),
  ).resolves.toBe(0);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Kit } from '../../offline/kit';
import { leftOut, overruled } from '../../scripts/left-out';
import { projectName, type StackFile } from '../../scripts/stack-files';

const folder = mkdtempSync(join(tmpdir(), 'audifi-plugins-'));
writeFileSync(join(folder, 'pulumi-resource-grafana'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const file = (grafana?: unknown): StackFile => ({
  path: '',
  text: '',
  config: grafana === undefined ? {} : { [`${projectName}:grafana`]: grafana },
});
const kit = (standIns: string[], missing: Kit['missing'] = []): Kit => ({
  env: {},
  commands: {},
  standIns,
  real: [],
  missing,
  summary: '',
});
const offline = kit(['pulumi-language-nodejs', 'pulumi-resource-docker'], ['grafana']);

describe('Grafana', () => {
  test('is included if its plugin and image are available', () => {
    expect(leftOut(file(), kit([]), {})).toEqual({ overrides: [], lines: [] });
    expect(leftOut(file(), kit(offline.standIns.slice()), { PATH: folder }).lines).toEqual([]);
  });

  test('is left out with a message if plugins cannot be downloaded', () => {
    const { overrides, lines } = leftOut(file(), offline, { PATH: '/nowhere' });
    expect(overrides).toEqual([{ path: [`${projectName}:grafana`, 'enabled'], value: false }]);
    expect(lines).toEqual([
      "Grafana was left out (Pulumi's plugin for it cannot be downloaded). make render writes its dashboards to files.",
    ]);
  });

  test('then releases its port, and changes nothing else in the file', () => {
    const written = file({ port: 25_000 });
    const { overrides } = leftOut(written, offline, {});
    expect(overruled(written, overrides).config).toEqual({
      [`${projectName}:grafana`]: { port: 25_000, enabled: false },
    });
    expect(written.config).toEqual({ [`${projectName}:grafana`]: { port: 25_000 } });
  });

  test('is left out if only its image is missing', () => {
    const { lines } = leftOut(file(), offline, { PATH: `/nowhere:${folder}` });
    expect(lines).toEqual([
      'Grafana was left out (its image cannot be pulled). make render writes its dashboards to files.',
    ]);
  });

  test('written as text by `pulumi config set` is a group as well', () => {
    const written = file('{"port":25000}');
    const { overrides } = leftOut(written, offline, {});
    expect(overruled(written, overrides).config).toEqual({
      [`${projectName}:grafana`]: { port: 25_000, enabled: false },
    });
    expect(leftOut(file('{"enabled":false}'), offline, {}).lines).toEqual([]);
  });

  test.each([false, 'false'])('is not reported if it is disabled: %p', (enabled) => {
    expect(leftOut(file({ enabled }), offline, {}).lines).toEqual([]);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { addDynamicProviders, planEngine } from '../../../offline/engine';
import { KitError } from '../../../offline/errors';
import { closingLine } from '../../../offline/kit';
import { modeOf } from '../../../offline/mode';

const all = ['pulumi-language-nodejs', 'pulumi-resource-docker', 'pulumi-resource-random'];
const none = { hasLanguageHost: false, canDownload: false, installed: [] };
const stock = { cli: '/usr/bin/pulumi', hasLanguageHost: true };

describe('selection of parts', () => {
  test('uses only released parts if all are installed', () => {
    expect(planEngine('auto', { ...stock, canDownload: true, installed: [] })).toEqual({
      cli: 'installed',
      standIns: [],
    });
    const offlineButInstalled = { ...stock, canDownload: false, installed: ['docker', 'random'] };
    expect(planEngine('auto', offlineButInstalled)).toEqual({ cli: 'installed', standIns: [] });
    expect(planEngine('stock', offlineButInstalled)).toEqual({ cli: 'installed', standIns: [] });
  });

  test('downloads the released CLI if possible, and the engine downloads its plugins', () => {
    expect(planEngine('auto', { ...none, canDownload: true })).toEqual({
      cli: 'download',
      standIns: [],
    });
  });

  test('builds the engine and uses stand-ins for all plugins if nothing can be downloaded', () => {
    expect(planEngine('auto', none)).toEqual({ cli: 'build', standIns: all });
  });

  test('uses stand-ins only for plugins that are not available', () => {
    expect(planEngine('auto', { ...stock, canDownload: false, installed: ['random'] })).toEqual({
      cli: 'installed',
      standIns: ['pulumi-resource-docker'],
    });
  });

  test('does not use a CLI without its language host', () => {
    expect(planEngine('auto', { ...none, cli: '/usr/bin/pulumi' }).cli).toBe('build');
  });

  test("offline always uses the kit's parts", () => {
    expect(
      planEngine('offline', { ...stock, canDownload: true, installed: ['docker', 'random'] }),
    ).toEqual({
      cli: 'build',
      standIns: all,
    });
  });

  test('stock never uses a part of the kit, and reports what is missing', () => {
    expect(() => planEngine('stock', none)).toThrow(KitError);
    expect(() => planEngine('stock', { ...stock, canDownload: false, installed: [] })).toThrow(
      /docker, random.*plugin install/,
    );
  });
});

test('AUDIFI_KIT has three allowed values', () => {
  expect(modeOf(undefined)).toBe('auto');
  expect(modeOf('')).toBe('auto');
  expect(modeOf('offline')).toBe('offline');
  expect(() => modeOf('yes')).toThrow('AUDIFI_KIT is yes: it must be one of auto, offline, stock');
});

test('the closing line lists the stand-ins', () => {
  expect(closingLine(['engine pulumi v3'], [])).toBe(
    'offline kit: real engine pulumi v3; no stand-ins',
  );
  expect(closingLine(['Docker 28'], ['pulumi-resource-docker', 'pulumi-language-nodejs'])).toBe(
    'offline kit: real Docker 28; STAND-INS: pulumi-resource-docker, pulumi-language-nodejs',
  );
});

test('the built engine gets the script that starts dynamic providers, once', () => {
  const bin = mkdtempSync(join(tmpdir(), 'audifi-engine-'));
  try {
    addDynamicProviders(bin);
    addDynamicProviders(bin);
    expect(readdirSync(bin)).toEqual(['pulumi-resource-pulumi-nodejs']);
    const script = join(bin, 'pulumi-resource-pulumi-nodejs');
    expect(statSync(script).mode & 0o777).toBe(0o755);
    expect(readFileSync(script, 'utf8')).toContain('@pulumi/pulumi/cmd/dynamic-provider');
  } finally {
    rmSync(bin, { recursive: true });
  }
});

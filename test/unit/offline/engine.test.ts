import { describe, expect, test } from '@jest/globals';
import { planEngine } from '../../../offline/engine';
import { KitError } from '../../../offline/errors';
import { closingLine } from '../../../offline/kit';
import { modeOf } from '../../../offline/mode';

const all = ['pulumi-language-nodejs', 'pulumi-resource-docker', 'pulumi-resource-random'];
const none = { hasLanguageHost: false, canDownload: false, installed: [] };
const stock = { cli: '/usr/bin/pulumi', hasLanguageHost: true };

describe('what is taken from where', () => {
  test('a stock machine uses nothing of the kit', () => {
    expect(planEngine('auto', { ...stock, canDownload: true, installed: [] })).toEqual({
      cli: 'installed',
      standIns: [],
    });
    const offlineButInstalled = { ...stock, canDownload: false, installed: ['docker', 'random'] };
    expect(planEngine('auto', offlineButInstalled)).toEqual({ cli: 'installed', standIns: [] });
    expect(planEngine('stock', offlineButInstalled)).toEqual({ cli: 'installed', standIns: [] });
  });

  test('where downloads work the stock CLI is downloaded, and the engine gets its own plugins', () => {
    expect(planEngine('auto', { ...none, canDownload: true })).toEqual({
      cli: 'download',
      standIns: [],
    });
  });

  test('where nothing can be downloaded the engine is built and every plugin is a stand-in', () => {
    expect(planEngine('auto', none)).toEqual({ cli: 'build', standIns: all });
  });

  test('only plugins that cannot be had are stood in for', () => {
    expect(planEngine('auto', { ...stock, canDownload: false, installed: ['random'] })).toEqual({
      cli: 'installed',
      standIns: ['pulumi-resource-docker'],
    });
  });

  test('a CLI without its language host is as good as none', () => {
    expect(planEngine('auto', { ...none, cli: '/usr/bin/pulumi' }).cli).toBe('build');
  });

  test('offline takes the kit’s parts whatever is there', () => {
    expect(
      planEngine('offline', { ...stock, canDownload: true, installed: ['docker', 'random'] }),
    ).toEqual({
      cli: 'build',
      standIns: all,
    });
  });

  test('stock never takes a part of the kit: it says what is missing', () => {
    expect(() => planEngine('stock', none)).toThrow(KitError);
    expect(() => planEngine('stock', { ...stock, canDownload: false, installed: [] })).toThrow(
      /docker, random.*plugin install/,
    );
  });
});

test('AUDIFI_KIT is one of three words', () => {
  expect(modeOf(undefined)).toBe('auto');
  expect(modeOf('')).toBe('auto');
  expect(modeOf('offline')).toBe('offline');
  expect(() => modeOf('yes')).toThrow('AUDIFI_KIT is yes: it must be one of auto, offline, stock');
});

test('the closing line says exactly what is a stand-in', () => {
  expect(closingLine(['engine pulumi v3'], [])).toBe(
    'offline kit: real engine pulumi v3; no stand-ins',
  );
  expect(closingLine(['Docker 28'], ['pulumi-resource-docker', 'pulumi-language-nodejs'])).toBe(
    'offline kit: real Docker 28; STAND-INS: pulumi-resource-docker, pulumi-language-nodejs',
  );
});

import { describe, expect, test } from '@jest/globals';
import { decide, isAtLeast, toolchain } from '../../../offline/go';
import { collector, goEnvironment } from '../../../offline/go-environment';
import { goVersionNeeded } from '../../../offline/recipe';
import { recipeOf, recipes, type Command } from '../../../offline/recipes';

const debian = { platform: 'linux-amd64', apt: true };

describe('finding a Go version', () => {
  test('uses an installed version that is new enough', () => {
    expect(decide('1.26', { ...debian, found: '1.26' })).toEqual({ step: 'use' });
    expect(decide('1.26.0', { ...debian, found: '1.27.1' })).toEqual({ step: 'use' });
    expect(decide('1.26', { platform: 'freebsd-amd64', apt: false, found: '1.26.3' })).toEqual({
      step: 'use',
    });
  });

  test('downloads the new one with an old one: Debian 12 has 1.19', () => {
    expect(decide('1.26', { ...debian, found: '1.19.8' })).toEqual({ step: 'fetch' });
    expect(decide('1.26', { ...debian, apt: false, found: '1.25.9' })).toEqual({ step: 'fetch' });
  });

  test("uses Debian's Go first if there is none; elsewhere the message says what to install", () => {
    expect(decide('1.26', debian)).toEqual({ step: 'bootstrap' });
    expect(decide('1.26', { ...debian, apt: false })).toMatchObject({
      step: 'refuse',
      reason: expect.stringContaining('install 1.26 or newer from https://go.dev/dl'),
    });
  });

  test('rejects a platform without a pinned toolchain', () => {
    expect(decide('1.26', { platform: 'linux-riscv64', apt: true, found: '1.19' })).toMatchObject({
      step: 'refuse',
      reason: expect.stringContaining('Go 1.19 is too old'),
    });
  });

  test('the pinned toolchain is new enough for all recipes', () => {
    for (const command of Object.keys(recipes) as Command[]) {
      expect(isAtLeast(toolchain.version, goVersionNeeded(recipeOf(command).module))).toBe(true);
    }
  });
});

test.each([
  ['1.26', '1.26', true],
  ['1.26.1', '1.26', true],
  ['1.9', '1.26', false],
  ['1.26', '1.26.0', true],
  ['1.26.0', '1.26.1', false],
  ['2.0', '1.26', true],
])('%s is at least %s: %s', (version, needed, expected) => {
  expect(isAtLeast(version, needed)).toBe(expected);
});

test('no variable of the user that would change a binary reaches the compiler', () => {
  const env = goEnvironment({
    GOFLAGS: '-race',
    GOOS: 'plan9',
    GOARCH: 'mips',
    GOROOT: '/elsewhere',
    GOEXPERIMENT: 'x',
    CGO_ENABLED: '1',
    GOPROXY: 'https://proxy.example.com',
    PATH: '/bin',
  });
  expect(env).toEqual({
    PATH: '/bin',
    GOPROXY: 'https://proxy.example.com',
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
    GO111MODULE: 'on',
  });
});

describe("the compiler's garbage collector", () => {
  test('is off, with a limit for each process, where memory is plentiful', () => {
    expect(collector({}, 24_000)).toEqual({ GOGC: 'off', GOMEMLIMIT: '4000MiB' });
  });

  test('stays on with little memory, and as the user has set it', () => {
    expect(collector({}, 4_000)).toEqual({});
    expect(collector({ GOGC: '50' }, 24_000)).toEqual({});
    expect(collector({ GOMEMLIMIT: '1GiB' }, 24_000)).toEqual({});
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';

/** A folder of shell scripts that take the place of commands, new and empty for each test. */
export interface FakeCommands {
  readonly folder: string;
  /** An environment in which they are found first. */
  readonly env: NodeJS.ProcessEnv;
  /** Adds or replaces a command. */
  add(name: string, script: string): void;
}

/** To be called once, outside of the tests. */
export function fakeCommands(): FakeCommands {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audifi-commands-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    get env() {
      return { PATH: `${folder}:/usr/bin:/bin` };
    },
    add(name, script) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
  };
}

import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { addToRunPage } from '../pull-request';

/** Writes a report to the file REPORT, and in a workflow to the page of the run. */
export function publish(markdown: string, env: NodeJS.ProcessEnv = process.env): void {
  const path = env['REPORT'];
  if (path) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, markdown);
  }
  addToRunPage(markdown, env);
}

/** Adds a section to the file REPORT, and in a workflow to the page of the run. */
export function publishMore(markdown: string, env: NodeJS.ProcessEnv = process.env): void {
  const path = env['REPORT'];
  if (path) {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${existsSync(path) ? '\n' : ''}${markdown}`);
  }
  addToRunPage(markdown, env);
}

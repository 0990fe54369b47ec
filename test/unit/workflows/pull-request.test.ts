import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { publish } from '../../../scripts/changes/report';
import { writeKubeconfig } from '../../../scripts/kubeconfig';
import { comment, shortened } from '../../../scripts/pull-request';

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

let folder: string;
let github: Server;
let comments: Comment[];
let requests: string[];
let env: NodeJS.ProcessEnv;
let report: string;

/** A stand-in for GitHub's API, with the requests that the comment needs. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audifi-comment-'));
  [comments, requests] = [[], []];
  github = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes: Buffer) => (text += bytes.toString()));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      requests.push(`${method} ${url}`);
      const body = text === '' ? '' : (JSON.parse(text) as { body: string }).body;
      const page = Number(/[?&]page=(\d+)/.exec(url)?.[1] ?? 1);
      let answer: unknown = comments.slice((page - 1) * 100, page * 100);
      if (request.headers.authorization !== 'Bearer t') response.statusCode = 403;
      else if (method === 'POST') {
        comments.push({ id: comments.length + 1, body, user: { type: 'Bot' } });
        answer = comments.at(-1);
      } else if (method === 'PATCH') {
        const found = comments.find(({ id }) => url.endsWith(`/comments/${id}`));
        if (found !== undefined) found.body = body;
        answer = found;
      }
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
  const event = join(folder, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  report = join(folder, 'preview.md');
  writeFileSync(report, '### What changes\n');
  env = {
    GITHUB_TOKEN: 't',
    GITHUB_REPOSITORY: 'audifi/observability',
    GITHUB_EVENT_PATH: event,
    GITHUB_API_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
  };
});

afterEach(async () => {
  await new Promise((resolve) => github.close(resolve));
  rmSync(folder, { recursive: true });
});

describe('make comment', () => {
  it('comments once for each stack, and replaces that comment', async () => {
    expect(await comment('prod', report, env)).toBe('Commented on #7.');
    writeFileSync(report, '### Other changes\n');
    expect(await comment('prod', report, env)).toBe('Replaced the comment on #7.');
    await comment('dev', report, env);
    expect(comments.map(({ body }) => body)).toEqual([
      '<!-- preview of prod -->\n### Other changes\n',
      '<!-- preview of dev -->\n### Other changes\n',
    ]);
    expect(requests[1]).toBe('POST /repos/audifi/observability/issues/7/comments');
  });

  it('does not leave an old preview there if there is no new one', async () => {
    await comment('prod', report, env);
    await comment('prod', join(folder, 'none.md'), env);
    expect(comments.map(({ body }) => body)).toEqual([
      '<!-- preview of prod -->\n### There is no preview of prod\n\nThe page of the workflow run says why.\n',
    ]);
  });

  it('finds its comment among many, and leaves those of people alone', async () => {
    const body = '<!-- preview of prod -->\nold';
    comments = Array.from({ length: 130 }, (_, i) => ({
      id: i + 1,
      body: 'x',
      user: { type: 'User' },
    }));
    comments[3] = { id: 4, body, user: { type: 'User' } };
    comments[120] = { id: 121, body, user: { type: 'Bot' } };
    await comment('prod', report, env);
    expect(comments).toHaveLength(130);
    expect(comments[3]?.body).toBe(body);
    expect(comments[120]?.body).toContain('### What changes');
  });

  it.each([
    [
      'no workflow',
      () => comment('prod', report, { ...env, GITHUB_TOKEN: '' }),
      /GITHUB_TOKEN is not set/,
    ],
    [
      'a refusal',
      () => comment('prod', report, { ...env, GITHUB_TOKEN: 'other' }),
      /GitHub answered 403 to GET/,
    ],
    [
      'no answer',
      () => comment('prod', report, { ...env, GITHUB_API_URL: 'http://127.0.0.1:1' }),
      /GitHub \(.*\) does not respond: .+\nExample:/,
    ],
  ])('%s is one clear error', async (_, work, says) => {
    await expect(work()).rejects.toThrow(says);
  });

  it('says so if no pull request started the workflow', async () => {
    writeFileSync(env['GITHUB_EVENT_PATH'] ?? '', '{}');
    await expect(comment('prod', report, env)).rejects.toThrow(/not started by a pull request/);
  });

  it('cuts what GitHub would refuse', () => {
    const long = `top\n\`\`\`diff\n${'line\n'.repeat(20_000)}\`\`\`\n`;
    const cut = shortened(long);
    expect(cut.length).toBeLessThanOrEqual(65_536);
    expect(cut).toMatch(
      /line\n```\n\n<\/details>\n\nThe rest is on the page of the workflow run\.\n$/,
    );
    expect(shortened('short')).toBe('short');
  });
});

describe('a report', () => {
  it('goes to the file REPORT, and to the page of the run', () => {
    const page = join(folder, 'page.md');
    writeFileSync(page, 'before\n');
    const file = join(folder, 'build', 'r.md');
    publish('text', { REPORT: file, GITHUB_STEP_SUMMARY: page });
    expect(readFileSync(file, 'utf8')).toBe('text');
    expect(readFileSync(page, 'utf8')).toBe('before\ntext\n');
  });
});

describe('make kubeconfig', () => {
  const text = 'apiVersion: v1\nkind: Config\ncurrent-context: prod\n';
  it('writes what the variable holds, for this user alone', () => {
    const path = join(folder, 'new', 'kubeconfig');
    expect(writeKubeconfig({ KUBECONFIG_YAML: text }, path)).toMatch(/, context prod\.$/);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([undefined, '', 'a: [', 'just text', 'apiVersion: v1\n'])('refuses %j', (bad) => {
    expect(() => writeKubeconfig({ KUBECONFIG_YAML: bad }, join(folder, 'k'))).toThrow(
      /KUBECONFIG_YAML is not a kubeconfig .*\nExample: gh variable set/,
    );
  });
});

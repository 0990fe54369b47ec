import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fetchFailure, OperatorError, runMain } from './operator-error';

/** GitHub's limit for a comment. The page of a workflow run takes 1 MiB. */
const longestComment = 65_536;

/**
 * `make comment REPORT=build/preview.md STACK=prod`: in a workflow, posts a file as the stack's
 * comment on the pull request. A later run replaces the comment. Without the file, because an
 * earlier step failed, the comment says that there is no preview. Environment: GITHUB_TOKEN, and
 * the variables that GitHub sets in each workflow.
 *
 * Upstream: https://docs.github.com/en/rest/issues/comments
 */
export async function comment(
  stack: string,
  report: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const [token, repository, event] = ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_EVENT_PATH'].map(
    (name) => {
      const value = env[name];
      if (!value) throw new OperatorError(`${name} is not set: run make comment in a workflow`);
      return value;
    },
  ) as [string, string, string];
  const number = numberOf(event);
  const api = `${env['GITHUB_API_URL'] || 'https://api.github.com'}/repos/${repository}/issues`;
  const marker = `<!-- preview of ${stack} -->`;
  const text = existsSync(report) ? readFileSync(report, 'utf8') : noPreview(stack);
  const body = shortened(`${marker}\n${text}`);
  const call = async (method: string, url: string, data?: object): Promise<unknown> => {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      body: data === undefined ? undefined : JSON.stringify(data),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: unknown) => {
      throw new OperatorError(
        `GitHub (${api}) does not respond: ${fetchFailure(error)}\nExample: run the job again`,
      );
    });
    if (!response.ok) {
      throw new OperatorError(
        `GitHub answered ${response.status} to ${method} ${url}: ${(await response.text()).slice(0, 300)}`,
      );
    }
    return response.json();
  };
  const own = await ownComment(
    (page) => call('GET', `${api}/${number}/comments?per_page=100&page=${page}`),
    marker,
  );
  if (own === undefined) await call('POST', `${api}/${number}/comments`, { body });
  else await call('PATCH', `${api}/comments/${own}`, { body });
  return own === undefined ? `Commented on #${number}.` : `Replaced the comment on #${number}.`;
}

const noPreview = (stack: string): string =>
  `### There is no preview of ${stack}\n\nThe page of the workflow run says why.\n`;

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly type?: string } | null;
}

/** The comment of an earlier run. It must be by a bot: a person may write the marker too. */
async function ownComment(
  pageOf: (page: number) => Promise<unknown>,
  marker: string,
): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const comments = (await pageOf(page)) as readonly Comment[];
    const own = comments.find(
      ({ body, user }) => user?.type === 'Bot' && body?.startsWith(marker) === true,
    );
    if (own !== undefined || comments.length < 100) return own?.id;
  }
}

function numberOf(eventPath: string): number {
  const event = JSON.parse(readFileSync(eventPath, 'utf8')) as {
    readonly pull_request?: { readonly number?: number };
  };
  const number = event.pull_request?.number;
  if (number === undefined) {
    throw new OperatorError(
      'this workflow was not started by a pull request: nothing to comment on',
    );
  }
  return number;
}

/** Truncates at the end of a line and closes an open code block. */
export function shortened(body: string, longest = longestComment): string {
  if (body.length <= longest) return body;
  const end = '\n```\n\n</details>\n\nThe rest is on the page of the workflow run.\n';
  const kept = body.slice(0, longest - end.length);
  return `${kept.slice(0, kept.lastIndexOf('\n'))}${end}`;
}

/** Adds a report to the page of the workflow run; outside of a workflow there is none. */
export function addToRunPage(markdown: string, env: NodeJS.ProcessEnv = process.env): void {
  const page = env['GITHUB_STEP_SUMMARY'];
  if (page) appendFileSync(page, `${markdown}\n`);
}

async function main(): Promise<number> {
  const [stack = 'dev', report = ''] = process.argv.slice(2);
  if (report === '') {
    throw new OperatorError(
      'REPORT is missing. Example: make comment STACK=prod REPORT=build/preview.md',
    );
  }
  process.stdout.write(`${await comment(stack, report)}\n`);
  return 0;
}

if (require.main === module) runMain(main);

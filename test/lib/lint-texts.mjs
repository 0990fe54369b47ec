import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

/**
 * Lints texts as if they were files of the project: `[{ path, text }]` on standard input, a list of
 * messages for each on standard output. A process of its own, because jest cannot load an ES module
 * as configuration. Rules that need types are left out: the files do not exist.
 */
const rules = ['local/import-directions', 'no-restricted-syntax', 'no-console', 'eqeqeq'];
const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => rules.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});
const inputs = JSON.parse(await text(process.stdin));
const messages = [];
for (const input of inputs) {
  const [result] = await eslint.lintText(input.text, { filePath: input.path });
  messages.push(result.messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(messages));

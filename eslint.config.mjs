import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';
import { importDirections } from './scripts/lint/import-directions.mjs';

const plain = ['workload', 'pure', 'catalogue'];
const component = {
  may: [...plain, 'settings', 'config', 'forwarding', 'telemetry'],
  types: ['platform'],
  packages: ['@pulumi/pulumi', '@pulumi/random'],
};

/**
 * Who may import whom; everything else is refused.
 *
 *   index -> components/<signal> -> platform -> workload
 *            components/grafana  -> dashboards -> telemetry
 *            components/metrics  -> rules -> telemetry
 */
const layers = [
  {
    name: 'index',
    files: /^index\.ts$/,
    may: [
      ...['metrics', 'alerting', 'logs', 'traces', 'longterm', 'grafana', 'reference-app'],
      ...['uptime', 'choose', 'settings', 'rules', 'catalogue', 'config', 'start-up'],
    ],
    types: ['workload'],
  },

  // Which services exist, and which of them a stack has. All layers may import this.
  {
    name: 'catalogue',
    files: /^components\/(services|services-app|service-entry|stack-shape|deployment)\.ts$/,
    types: ['pure'],
  },

  // Pure: plain functions and data, tested without Pulumi and rendered to files.
  { name: 'telemetry', files: /^telemetry\// },
  { name: 'rules', files: /^rules\//, may: ['telemetry', 'catalogue'] },
  // Threshold lines in panels come from the alerts.
  { name: 'dashboards', files: /^dashboards\//, may: ['telemetry', 'rules'] },
  // AudiFi's services copy this code: it depends on the contract, but not on how it is deployed.
  { name: 'reference-app', files: /^reference-app\//, may: ['telemetry'] },
  // It only receives Alertmanager's requests and depends on nothing else.
  { name: 'inbox', files: /^inbox\// },
  {
    name: 'config',
    files:
      /^components\/[^/]+\/(([^/]+-)?config(-[^/]+)?|redaction\/[^/]+|sources|(promtail|otel-agent)-pipeline)\.ts$/,
    may: [...plain, 'telemetry'],
    types: ['settings'],
  },
  {
    name: 'pure',
    files:
      /^components\/(settings\/(budgets|commands|decode|finding|kinds(-hosts)?|loopback|meant-(key|value)|problems|schema|schema-walk|sound-part|targets|what-if)|alerting\/(time-zones|matchers)|[^/]+\/settings-schema(-[a-z]+)?|cloud-metadata|cluster-reads|discovery|images|program-image|load-when-used|units|virtual-nodes|workload-validation(-[a-z]+)?|platform\/(dns|engine-address|paths))\.ts$/,
    // The bounds of the thresholds are next to the rules that use them.
    may: ['workload', 'rules', 'catalogue'],
  },
  {
    name: 'workload',
    files: /^components\/workload(-connections|-container)?\.ts$/,
    types: ['pure'],
    packageTypes: ['@pulumi/pulumi'],
  },

  {
    name: 'start-up',
    files: /^components\/start-up\.ts$/,
    may: ['pure'],
    packages: ['@pulumi/pulumi'],
  },
  { name: 'errors', files: /^components\/stack-error\.ts$/, packages: ['@pulumi/pulumi'] },
  {
    // Scripts also check settings, before the engine is available.
    name: 'judge',
    files: /^components\/(settings\/checks?(-[a-z]+)?|[^/]+\/settings-(checks|gaps))\.ts$/,
    // The calculation of error budgets is also next to the rules.
    may: ['pure', 'rules', 'catalogue'],
  },
  {
    name: 'settings',
    files: /^components\/(settings\/[^/]+|[^/]+\/settings-[a-z]+)\.ts$/,
    may: ['pure', 'judge', 'errors', 'catalogue'],
    packages: ['@pulumi/pulumi'],
  },
  {
    name: 'docker',
    files: /^components\/platform\/docker[^/]*\.ts$/,
    may: [...plain, 'platform', 'errors'],
    packages: ['@pulumi/docker', '@pulumi/pulumi'],
  },
  {
    name: 'kubernetes',
    files: /^components\/platform\/kubernetes[^/]*\.ts$/,
    may: [...plain, 'platform', 'errors'],
    types: ['tunnel'],
    packages: ['@pulumi/kubernetes', '@pulumi/pulumi'],
  },
  {
    name: 'choose',
    files: /^components\/platform\/(choose|cluster-(check|classes))\.ts$/,
    may: [
      ...['platform', 'docker', 'kubernetes', 'config', 'pure', 'settings', 'errors', 'start-up'],
      'catalogue',
    ],
    types: ['judge'],
    packages: ['@pulumi/pulumi'],
  },
  // Scripts also open tunnels.
  { name: 'tunnel', files: /^components\/platform\/port-forward\.ts$/ },
  {
    name: 'platform',
    files: /^components\/platform\//,
    may: [...plain, 'errors', 'tunnel'],
    packages: ['@pulumi/pulumi'],
  },

  // Common parts of metrics, logs and traces for forwarding.
  {
    name: 'forwarding',
    files: /^components\/forwarding\//,
    may: [...plain, 'config'],
    types: ['settings'],
  },
  {
    name: 'metrics',
    files: /^components\/metrics\//,
    ...component,
    may: [...component.may, 'rules'],
  },
  {
    name: 'pagerduty',
    files: /^components\/alerting\/pagerduty\.ts$/,
    ...component,
    packages: [...component.packages, '@pulumi/pagerduty'],
  },
  {
    name: 'alerting',
    files: /^components\/alerting\//,
    ...component,
    may: [...component.may, 'pagerduty'],
  },
  {
    name: 'reference-app',
    files: /^components\/reference-app\//,
    ...component,
    // Its servers create the accounts of the exporters that monitor them.
    may: [...component.may, 'metrics'],
  },
  { name: 'logs', files: /^components\/logs\//, ...component },
  { name: 'traces', files: /^components\/traces\//, ...component },
  { name: 'longterm', files: /^components\/longterm\//, ...component },
  { name: 'uptime', files: /^components\/uptime\//, ...component },
  {
    name: 'grafana',
    files: /^components\/grafana\//,
    ...component,
    may: [...component.may, 'dashboards'],
    packages: [...component.packages, '@pulumiverse/grafana'],
  },

  // The engine runs the pack separately from the program. It only sees resources.
  { name: 'policy', files: /^policy\//, packages: ['@pulumi/policy'] },

  // Code around the program. The kit runs before everything else.
  { name: 'kit', files: /^offline\/kit\.ts$/, may: ['offline'] },
  {
    name: 'offline',
    files: /^offline\//,
    may: ['kit', ...plain],
    packages: ['@pulumi/pulumi'],
  },
  {
    name: 'render',
    files: /^scripts\/render(\/|\.ts$)/,
    may: [
      ...['index', 'start-up', 'scripts', 'grafana', 'settings', 'dashboards', 'policy'],
      ...plain,
    ],
    packages: ['@pulumi/pulumi'],
  },
  {
    // It runs the rendered configuration, and sends the queries of the dashboards.
    name: 'bench',
    files: /^scripts\/bench(\/|\.ts$)/,
    may: [
      ...['scripts', 'render', 'kit', 'config', 'dashboards', 'rules', 'telemetry'],
      ...['reference-app', 'policy', ...plain],
    ],
  },
  {
    name: 'scripts',
    files: /^scripts\//,
    may: [
      ...['kit', 'config', 'judge', 'rules', 'telemetry', 'reference-app', 'tunnel', 'policy'],
      // The program without an engine.
      'render',
      ...plain,
    ],
  },
];

/** Rules for components and the program that do not depend on imports. */
const programOnly = [
  {
    selector: 'NewExpression[callee.property.name="Config"]',
    message: 'Only components/settings/index.ts reads the config.',
  },
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'What the stack is follows from its settings alone.',
  },
];
const platformBlind = {
  selector: 'BinaryExpression > Literal[value=/^(docker|kubernetes)$/]',
  message: 'Components do not ask where they run: give the Platform a method instead.',
};

export default defineConfig(
  { ignores: ['build/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allow: ['URLSearchParams'] },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
      // These rules reject valid code of this project: async functions for the sake of their type,
      // a copy of a settings tree without a key, `Promise<number | void>`, a type computed to be
      // empty.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
    },
  },
  {
    // Values from outside (a daemon, a caller of a plugin) do not always match their types.
    files: ['offline/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
  {
    files: ['**/*.ts'],
    ignores: ['test/**'],
    plugins: { local: { rules: { 'import-directions': importDirections(layers) } } },
    rules: { 'local/import-directions': 'error' },
  },
  {
    files: ['components/**/*.ts', 'index.ts'],
    ignores: ['components/settings/index.ts'],
    rules: { 'no-restricted-syntax': ['error', ...programOnly] },
  },
  {
    files: ['components/*/**/*.ts', 'index.ts'],
    ignores: ['components/platform/**', 'components/settings/**', 'components/*/settings-*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...programOnly, platformBlind] },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { module: 'writable', process: 'readonly' } },
  },
  {
    // Prettier formats code, but does not wrap comments.
    rules: { 'max-len': ['error', { code: 1000, comments: 100, ignoreUrls: true }] },
  },
);

import { posix, relative, sep } from 'node:path';

/**
 * @typedef {object} Layer
 * @property {string} name
 * @property {RegExp} files paths from the project's root; the first layer that matches owns a file
 * @property {string[]} [may] layers whose files it may import, besides its own
 * @property {string[]} [types] layers of which it may import types
 * @property {string[]} [packages] packages that provision (`@pulumi/*`, `@pulumiverse/*`) it may
 * import
 * @property {string[]} [packageTypes] those of which it may import types
 */

/**
 * An ESLint rule with an allow list of imports between layers. Covers static imports, re-exports,
 * `import()`, `require()` and `import('…').T`. All layers may import packages that do not
 * provision.
 *
 * @param {readonly Layer[]} layers
 */
export function importDirections(layers) {
  const layerOf = (path) => layers.find(({ files }) => files.test(path));
  return {
    meta: {
      type: 'problem',
      schema: [],
      messages: {
        noLayer: '"{{path}}" belongs to no layer; add it to one in eslint.config.mjs.',
        refused: '{{from}} may not import {{to}} ("{{specifier}}").{{hint}}',
      },
    },
    create(context) {
      const here = relative(context.cwd, context.filename).split(sep).join('/');
      const own = layerOf(here);
      if (own === undefined) {
        return {
          Program: (node) => context.report({ node, messageId: 'noLayer', data: { path: here } }),
        };
      }
      const check = (node, specifier, onlyTypes) => {
        const { name, allowed, types } = specifier.startsWith('.')
          ? fromLayer(own, target(here, specifier))
          : fromPackage(own, specifier);
        if (allowed || (types && onlyTypes)) return;
        const hint = types ? ' Its types may be imported.' : '';
        const data = { from: own.name, to: name, specifier, hint };
        context.report({ node, messageId: 'refused', data });
      };
      return visitors(check);
    },
  };

  function target(here, specifier) {
    const path = posix.join(posix.dirname(here), specifier).replace(/\/$|\.[cm]?[jt]s$/, '');
    // `..` and `.` refer to a folder, whose module is its index.
    return layerOf(`${path}.ts`) ?? layerOf(posix.join(path, 'index.ts'));
  }
}

function fromLayer(own, to) {
  return {
    name: to?.name ?? 'a file of no layer',
    allowed: to === own || own.may?.includes(to?.name) === true,
    types: own.types?.includes(to?.name) === true,
  };
}

function fromPackage(own, specifier) {
  const name = specifier.split('/').slice(0, 2).join('/');
  return {
    name: `the package ${name}`,
    allowed: !/^@pulumi(verse)?\//.test(name) || own.packages?.includes(name) === true,
    types: own.packageTypes?.includes(name) === true,
  };
}

/** All syntax that refers to another module. */
function visitors(check) {
  return {
    ImportDeclaration: (node) => check(node, node.source.value, onlyTypes(node, node.importKind)),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) check(node, node.source.value, onlyTypes(node, node.exportKind));
    },
    ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === 'type'),
    ImportExpression: (node) => check(node, literal(node.source), false),
    TSImportType: (node) => check(node, node.source.value, true),
    TSExternalModuleReference: (node) => check(node, literal(node.expression), false),
    'CallExpression[callee.name="require"]': (node) =>
      check(node, literal(node.arguments[0]), false),
  };
}

/** A path that is composed at run time cannot be checked. This project has none. */
function literal(node) {
  return node?.type === 'Literal' ? String(node.value) : '';
}

/** `import type {…}`, or only `type` names in the braces. */
function onlyTypes({ specifiers }, kind) {
  const marked = specifiers.filter((s) => s.importKind === 'type' || s.exportKind === 'type');
  return kind === 'type' || (specifiers.length > 0 && marked.length === specifiers.length);
}
